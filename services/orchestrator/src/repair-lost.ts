import type { Job } from '@stageline/domain'
import { codePoints, queueOfStep, type EngineDeps } from '@stageline/engine'
import type { StageQueue } from '@stageline/engine/ports'

const AT_ONCE = 2_000
/** From this look on, a message that is in no live list counts as lost even though its hash is there. */
const CLOSE_LOOK = 3

type Parts = {
  engine: Pick<EngineDeps, 'store' | 'workflows' | 'record' | 'observer'>
  queue: Pick<StageQueue, 'missing'>
}

/** Compares what the record says is queued with what Redis still has, and sends again what is gone. */
export function repairLost({ engine, queue }: Parts) {
  return async (): Promise<{ resent: number; more: boolean }> => {
    const taken = await engine.store.takeUnchecked(AT_ONCE)
    const [closely, lightly] = [
      taken.filter(({ looks }) => looks >= CLOSE_LOOK),
      taken.filter(({ looks }) => looks < CLOSE_LOOK),
    ]
    const messages = async (rows: typeof taken, close: boolean) =>
      rows.length === 0
        ? new Set<string>()
        : queue.missing(
            await messagesOf(
              rows.map(({ job }) => job),
              engine,
            ),
            close,
          )
    const missing = (await messages(lightly, false)).union(await messages(closely, true))
    if (taken.length > 0) codePoints.repairing.publish({ jobs: taken.length, missing: missing.size })
    const resent = await Promise.all(taken.map(({ job }) => resend(job, missing, engine)))
    const count = resent.filter(Boolean).length
    if (count > 0) engine.observer.count('messages_resent', count)
    return { resent: count, more: taken.length === AT_ONCE }
  }
}

async function messagesOf(
  jobs: readonly Job[],
  { workflows }: Parts['engine'],
): Promise<{ stage: string; id: string }[]> {
  const found = new Map<string, { stage: string; id: string }>()
  for (const job of jobs) {
    const workflow = await workflows.version(job.tenantId, job.workflow, job.version)
    for (const [key, step] of Object.entries(job.steps)) {
      const { stage } = workflow.steps.get(key)!.definition
      const { state, message } = step
      if (state === 'queued' && message) found.set(message, { id: message, stage: queueOfStep(stage, step) })
    }
  }
  return [...found.values()]
}

async function resend(
  job: Job,
  missing: ReadonlySet<string>,
  { workflows, record }: Parts['engine'],
): Promise<boolean> {
  const lost = Object.values(job.steps).flatMap(({ state, message }) =>
    state === 'queued' && message && missing.has(message) ? [message] : [],
  )
  if (lost.length === 0) return false
  const workflow = await workflows.version(job.tenantId, job.workflow, job.version)
  const recorded = await record({ workflow, job, happening: { kind: 'resent', messages: lost } })
  return recorded.kind === 'recorded'
}
