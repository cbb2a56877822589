import type { Job } from '@stageline/domain'
import type { EngineDeps } from './engine-deps.ts'
import type { Happening } from './happening.ts'

export type ActOutcome =
  | { kind: 'done'; job: Job }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'unknown' }

type Action = Extract<Happening, { kind: 'cancelled' | 'suspended' | 'retried' | 'advanced' | 'verdict' }>

/** Does to a job what a person asked for, or says why its state does not allow it. Repeating is safe. */
export async function act(
  { tenantId, jobId }: { tenantId: string; jobId: string },
  action: Action,
  { store, workflows, record }: EngineDeps,
): Promise<ActOutcome> {
  const [job] = await store.read([{ tenantId, jobId }])
  if (!job) return { kind: 'unknown' }
  const workflow = await workflows.version(tenantId, job.workflow, job.version)
  const recorded = await record({ workflow, job, happening: action })
  switch (recorded.kind) {
    case 'recorded':
      return { kind: 'done', job: recorded.job }
    case 'refused':
      return recorded
    case 'stale':
      return { kind: 'unknown' }
    case 'unstorable':
      return { kind: 'refused', code: 'request.unstorable_value', message: recorded.message }
    default:
      return recorded satisfies never
  }
}
