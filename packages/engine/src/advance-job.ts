import type { Job, RetryPlan, Workflow } from '@stageline/domain'
import { isFinalJob } from '@stageline/domain'
import { actOnJob } from './act-on-job.ts'
import { movedOn } from './bulk/moved-on.ts'
import { endStep } from './end-step.ts'
import type { Advance, Happening, NoAdvance } from './happening.ts'
import { JobDraft } from './job-draft.ts'
import { later } from './later.ts'
import { loseWorker } from './lose-worker.ts'
import { settle } from './settle.ts'
import { timeOutJob, timeOutQueueWait } from './time-out.ts'
import { giveVerdict } from './give-verdict.ts'

/** What `advanceJob` must know besides the job: settings that live outside the definition. */
export type Rules = {
  /** Retry plans of the stage and the environment, as far as they say something. */
  retry?: { stage?: RetryPlan | undefined; environment?: RetryPlan | undefined }
  /** Failed tries of a whole job after which a person gets it, where the workflow routes between automation and people. */
  maxAutomationFailures?: number
}

/**
 * What happens next: the whole rule book of the state machine, as a pure function. The same job, happening, time and
 * rules give the same result (ids of new tasks aside); nothing is read and nothing is stored.
 *
 * @returns what the job becomes, or why the happening does not fit it: `stale` for outcomes that are no longer wanted,
 *   `refused` for actions that the job's state does not allow.
 */
export function advanceJob(
  workflow: Workflow,
  job: Job,
  happening: Happening,
  now: Date,
  rules: Rules = {},
): Advance | NoAdvance {
  const draft = new JobDraft(workflow, job, now)
  const problem = isFinalJob(job.state)
    ? finalJob(job, happening)
    : (movedOn(job, happening) ?? apply(draft, happening, rules))
  if (problem) return problem
  settle(draft)
  return draft.finish()
}

function finalJob(job: Job, happening: Happening): NoAdvance {
  if (!('actor' in happening)) return { stale: true }
  return {
    refused: {
      code: 'job.final',
      message: `The job is ${job.state}; a finished job is never changed. Retry it to make a new one`,
    },
  }
}

function apply(draft: JobDraft, happening: Happening, rules: Rules): NoAdvance | undefined {
  switch (happening.kind) {
    case 'claimed':
      return claim(draft, happening)
    case 'renewed':
      return renew(draft, happening)
    case 'succeeded':
    case 'failed':
    case 'returned':
      return endStep(draft, happening, rules)
    case 'crashed':
      return noteCrash(draft, happening)
    case 'due':
      return passTimers(draft, happening)
    case 'resent':
      return resend(draft, happening.messages)
    case 'verdict':
      return giveVerdict(draft, happening)
    case 'cancelled':
    case 'suspended':
    case 'retried':
    case 'advanced':
      return actOnJob(draft, happening)
    default:
      throw new TypeError(happening satisfies never)
  }
}

const STALE: NoAdvance = { stale: true }

/** Whether an outcome or a claim of this fence is still wanted. */
export function fits(job: Job, step: string, fence: number): boolean {
  const at = job.steps[step]
  return at !== undefined && at.fence === fence && (at.state === 'queued' || at.state === 'processing')
}

function claim(
  draft: JobDraft,
  { step, fence, leaseMs, crashed, worker }: Extract<Happening, { kind: 'claimed' }>,
): NoAdvance | undefined {
  const at = draft.step(step)
  if (at.state !== 'queued' || at.fence !== fence) return STALE
  const crashes = crashed ? [...(at.crashes ?? []), { at: draft.now.toISOString(), how: 'redelivered' }] : at.crashes
  draft.go(step, ['processing'], {
    fence: fence + 1,
    deliveries: at.deliveries + (crashed ? 2 : 1),
    ...(crashes ? { crashes } : {}),
    until: later(draft.now, leaseMs),
    worker,
  })
  return undefined
}

function renew(
  draft: JobDraft,
  { step, fence, leaseMs, checkpoint }: Extract<Happening, { kind: 'renewed' }>,
): NoAdvance | undefined {
  const at = draft.step(step)
  if (at.state !== 'processing' || at.fence !== fence) return STALE
  draft.patch(step, { until: later(draft.now, leaseMs), ...(checkpoint === undefined ? {} : { checkpoint }) })
  return undefined
}

/** Whoever saw the process of a claim end says so, sooner than its lease would. */
function noteCrash(
  draft: JobDraft,
  { step, fence, worker, how, reporter }: Extract<Happening, { kind: 'crashed' }>,
): NoAdvance | undefined {
  const at = draft.step(step)
  if (at.state !== 'processing' || at.fence !== fence) return STALE
  loseWorker(draft, step, { at: draft.now.toISOString(), how, worker }, reporter)
  return undefined
}

/**
 * A retry or a wait that is over goes on; a claim that ran out was a crash of its worker; who queued too long is timed
 * out. The job's own time comes first: it ends whatever is under way.
 */
function passTimers(
  draft: JobDraft,
  { sparesClaims = false }: Extract<Happening, { kind: 'due' }>,
): NoAdvance | undefined {
  const nowIso = draft.now.toISOString()
  const overdue = draft.deadline !== null && draft.deadline <= nowIso
  if (overdue) timeOutJob(draft)
  const due = draft.stepKeys.filter((key) => {
    const { until, state } = draft.step(key)
    return until !== undefined && until <= nowIso && !(sparesClaims && state === 'processing')
  })
  for (const key of due) {
    const { state, attempt } = draft.step(key)
    if (state === 'retrying') draft.queueAttempt(key)
    else if (state === 'waiting') draft.queueAttempt(key, attempt)
    else if (state === 'queued') timeOutQueueWait(draft, key)
    else if (state === 'processing') loseWorker(draft, key, { at: nowIso, how: 'lease_expired' }, 'orchestrator')
  }
  return overdue || due.length > 0 ? undefined : STALE
}

function resend(draft: JobDraft, messages: readonly string[]): NoAdvance | undefined {
  const lost = draft.stepKeys.filter((key) => {
    const { state, message } = draft.step(key)
    return state === 'queued' && message !== undefined && messages.includes(message)
  })
  for (const key of lost) draft.resend(key)
  return lost.length > 0 ? undefined : STALE
}
