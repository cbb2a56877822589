import { QUALITY_SAMPLE, type Failure, type StepState } from '@stageline/domain'
import type { JobDraft } from './job-draft.ts'

type Why = {
  /** Code of the task: `attempts_exhausted`, `invalid_data`, `poison`, `policy`, `review_before` … */
  cause: string
  actor: string
  reason: string | null
  failure?: Failure
  data?: unknown
  type?: string
  evidence?: Record<string, unknown>
}

const TITLES: Record<string, string> = {
  attempts_exhausted: 'Out of attempts',
  automation_failures: 'Automation failed too often',
  invalid_data: 'Cannot be processed as it is',
  poison: 'Crashes its worker',
  queue_timeout: 'Waited too long for a worker',
  job_timeout: 'The job took too long',
  policy: 'Doubtful result',
  [QUALITY_SAMPLE]: 'Drawn to be verified',
  review_before: 'Look before this step runs',
  review_after: 'Confirm the result',
  invalid_condition: 'A condition could not be evaluated',
  suspended: 'Suspended',
  intake: 'Routed to a person',
}

/** Hands a step to a person: suspended, one open task with the evidence, one history entry. Returns nothing to do next. */
export function suspend(draft: JobDraft, key: string, via: readonly StepState[], why: Why): void {
  draft.go(key, [...via, 'suspended'], { reason: why.cause })
  const { cause, actor, reason, failure, data } = why
  const seq = draft.note(key, {
    actor,
    reason,
    ...(failure ? { failure } : {}),
    ...(data === undefined ? {} : { data }),
  })
  if (data !== undefined) draft.patch(key, { output: seq })
  openTask(draft, key, {
    cause,
    reason,
    ...(failure ? { failure } : {}),
    ...(why.type ? { type: why.type } : {}),
    ...(why.evidence ? { evidence: why.evidence } : {}),
  })
}

function openTask(
  draft: JobDraft,
  key: string,
  { cause, reason, failure, type, evidence }: Pick<Why, 'cause' | 'reason' | 'failure' | 'type' | 'evidence'>,
): void {
  const { stage } = draft.compiled(key).definition
  draft.openTask({
    step: key,
    type: type ?? 'review',
    cause,
    title: `${TITLES[cause] ?? cause} · ${stage}${failure ? `: ${failure.message.slice(0, 200)}` : ''}`,
    evidence: {
      stage,
      attempt: draft.step(key).attempt,
      ...(reason === null ? {} : { reason }),
      ...(failure ? { failure } : {}),
      ...evidence,
    },
  })
}
