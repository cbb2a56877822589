import { giveUp, isUnderWay } from './end-step.ts'
import type { JobDraft } from './job-draft.ts'

const ACTOR = 'orchestrator'

/** No worker has begun the step in its time: nobody tries again by itself, since the queue would be as long. */
export function timeOutQueueWait(draft: JobDraft, key: string): void {
  const { queueTimeoutMs } = draft.compiled(key).definition
  const message = `No worker began the step within ${queueTimeoutMs} ms`
  giveUp(draft, key, ACTOR, { kind: 'transient', code: 'step.queue_timeout', message }, 'queue_timeout')
}

/**
 * The job as a whole has taken too long. What is under way ends here, and what would follow it goes to a person, too. The
 * limit is told once: what people do with the job afterwards has none.
 */
export function timeOutJob(draft: JobDraft): void {
  const failure = {
    kind: 'transient' as const,
    code: 'job.timeout',
    message: `The job was not done by ${draft.deadline}`,
  }
  const underWay = draft.stepKeys.filter((key) => isUnderWay(draft.step(key).state))
  draft.noteJob('timed_out', { actor: ACTOR, reason: failure.code })
  draft.dropDeadline()
  draft.hold({ actor: ACTOR, reason: failure.code })
  for (const key of underWay) giveUp(draft, key, ACTOR, failure, 'job_timeout')
}
