import type { Failure } from '@stageline/domain'
import type { FakeWorld } from './fake-world.ts'

const OUTPUT = { secret: 'output' }

/** The next event, with the cursor `c1`, `c2` … */
export function addEvent(
  world: FakeWorld,
  jobId: string,
  failure: Failure | null = null,
  data: unknown = OUTPUT,
): void {
  const seq = world.events.length + 1
  const entry = {
    seq,
    at: world.now.toISOString(),
    event: 'step' as const,
    step: 'extraction',
    stage: 'extraction',
    attempt: 1,
    path: ['queued' as const],
    times: [],
    jobFrom: 'queued' as const,
    jobTo: 'processing' as const,
    actor: 'worker',
    reason: null,
    failure,
    data,
  }
  const of = world.jobs.get(jobId)
  const about = { traceparent: of?.job.trace ?? null, correlationId: null, batchId: of?.batchId ?? null }
  world.events.push({ cursor: `c${seq}`, jobId, workflow: 'part', ...about, entry })
}
