import type { FieldSource } from './document.ts'
import type { Failure } from './errors.ts'
import type { RetryPlan } from './retry-plan.ts'
import type { JobState, StepState, TaskState } from './states.ts'

/** A worker that went down with a step in its hands, as far as that is known. */
export type Crash = {
  /** When it was noticed. */
  at: string
  /** How: `redelivered`, `lease_expired`, the signal or the exit code of the process. */
  how: string
  worker?: string
}

/** One step of a job, as it lives in the job's row. Times are ISO 8601 by the clock of the database. */
export type Step = {
  state: StepState
  /** Tries so far, the running one included: the budget. */
  attempt: number
  /** Goes up at every entry into `queued`, every claim, every edit of the input; never down. */
  fence: number
  /** How often a message of this attempt reached a worker. */
  deliveries: number
  /** The workers that it took down since a person last looked at it, or that went down beside it. */
  crashes?: readonly Crash[]
  /** States entered since the last history entry, with their times. */
  entered?: readonly (readonly [StepState, string])[]
  /** The message that carries it while it is queued. */
  message?: string
  /** `waiting`, `retrying`: when it goes on. `processing`: when the claim runs out. `queued`: when it has waited too long. */
  until?: string
  /** `seq` of the history entry that holds its output. */
  output?: number
  /** `seq` of the history entry that holds its edited input. */
  input?: number
  /** `processing`: the worker that has claimed it. */
  worker?: string
  /** What its handler left for the next try; at most 4 kB of JSON. */
  checkpoint?: unknown
  /** Why it waits, is suspended or was skipped: a code. */
  reason?: string
  /** `:suspend` was asked for while it ran: it goes to a person when it ends. */
  suspend?: { actor: string; reason: string }
}

/** One item's way through a workflow: the aggregate that every change compares and sets. */
export type Job = {
  tenantId: string
  id: string
  workflow: string
  version: number
  state: JobState
  /** The stage of the first step that is under way; null when none is. */
  stage: string | null
  revision: number
  /** `seq` of the last history entry. */
  seq: number
  steps: Readonly<Record<string, Step>>
  /** What conditions of the definition look at, by reference. */
  values: Readonly<Record<string, unknown>>
  /** When the job as a whole has taken too long; null without such a limit, and once that was said. */
  deadline: string | null
  /** Earliest timer of the steps and of the job. */
  dueAt: string | null
  /** 0 to 1. */
  priority: number
  batchId: string | null
  /** W3C `traceparent` of the request that submitted it. */
  trace: string | null
  /** The retry plan that it was submitted with: wins over those of steps, stages and the workflow. */
  retry: RetryPlan | null
  /** Warnings left by optional steps. */
  warnings: readonly string[]
  /** `seq` of the entry that holds the result, once there is one. */
  result: number | null
}

/** What happened to a job, in order. Append-only; the audit trail and the outbox. */
export type HistoryEntry = {
  seq: number
  at: string
  event: HistoryEvent
  step: string | null
  stage: string | null
  attempt: number | null
  /** States that the step went through, and when. */
  path: readonly StepState[]
  times: readonly string[]
  jobFrom: JobState
  jobTo: JobState
  actor: string
  reason: string | null
  failure: Failure | null
  /** The step's output, an edited input, or a decision: what this entry brought. */
  data: unknown
}

export const HISTORY_EVENTS = [
  'accepted',
  'decided',
  'step',
  'verdict',
  'cancelled',
  'suspended',
  'retried',
  'advanced',
  'timed_out',
  'sla_breached',
] as const
export type HistoryEvent = (typeof HISTORY_EVENTS)[number]

export const TASK_TYPES = ['review', 'intake', 'assessment'] as const

/** A task to open: work for a person. */
export type TaskDraft = {
  id: string
  step: string
  type: (typeof TASK_TYPES)[number] | (string & {})
  /** Why a person is needed: a code such as `attempts_exhausted`, `invalid_data`, `policy`, `intake`, `suspended`. */
  cause: string
  title: string
  priority: number
  /** What explains the task on the spot; the rest is read from the job's history. */
  evidence: Record<string, unknown>
}

/** An open task of a step that is settled by the same commit, with why and with what a person changed. */
export type TaskClosing = {
  step: string
  state: Extract<TaskState, 'completed' | 'cancelled'>
  verdict: string | null
  reason?: string | null
  corrections?: readonly Correction[]
}

/**
 * A value that a person changed: what stood there before, and after. `path` is a JSON pointer; `place` is where in the
 * document the value before was read, where that is known.
 */
export type Correction = { path: string; from: unknown; to: unknown; place?: FieldSource }

export const VERDICTS = ['retry', 'accept', 'skip', 'discard'] as const
export type Verdict = (typeof VERDICTS)[number]
