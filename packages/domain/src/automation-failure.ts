import type { Job, TaskDraft } from './job.ts'

/** Causes of tasks that say: automation has done what it could, and failed. */
export const AUTOMATION_FAILURES: readonly string[] = [
  'attempts_exhausted',
  'automation_failures',
  'invalid_data',
  'poison',
  'job_timeout',
]

/** Whether automation gave a job up in this change: a person got it for a failure, or it rests as failed. */
export const automationGaveUp = (
  before: Pick<Job, 'state'>,
  after: Pick<Job, 'state'>,
  tasks: readonly Pick<TaskDraft, 'cause'>[],
): boolean =>
  (after.state === 'failed' && before.state !== 'failed') ||
  tasks.some(({ cause }) => AUTOMATION_FAILURES.includes(cause))
