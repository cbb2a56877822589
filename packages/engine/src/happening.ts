import type { PartOfBulk } from './ports/index.ts'
import type {
  Correction,
  Decision,
  Failure,
  HistoryEntry,
  Job,
  TaskClosing,
  TaskDraft,
  Verdict,
} from '@stageline/domain'

/** Everything that can happen to a job once it is accepted: the closed list that `advanceJob` switches on. */
export type Happening =
  | { kind: 'claimed'; step: string; fence: number; leaseMs: number; crashed: boolean; worker: string }
  /** The claim goes on; `checkpoint` is what the handler leaves for the next try. */
  | { kind: 'renewed'; step: string; fence: number; leaseMs: number; checkpoint?: unknown }
  | { kind: 'succeeded'; step: string; fence: number; startedAt: string; output: unknown; worker: string }
  | { kind: 'failed'; step: string; fence: number; startedAt: string; failure: Failure; worker: string }
  /** The worker gives the step back unfinished: it is shutting down. */
  | { kind: 'returned'; step: string; fence: number; worker: string }
  /** The process that claimed the step under this fence is gone; `how` it ended, and who saw it. */
  | { kind: 'crashed'; step: string; fence: number; worker: string; how: string; reporter: string }
  /** Timers of the job have come. `sparesClaims`: but a claim that ran out may be one that nobody could renew. */
  | { kind: 'due'; sparesClaims?: boolean }
  /** The messages of these queued steps are gone: they travel again under new ids. */
  | { kind: 'resent'; messages: readonly string[] }
  | ({
      kind: 'verdict'
      step: string
      verdict: Verdict
      fence?: number
      input?: unknown
      output?: unknown
      /** What the person changed, kept with the task. */
      corrections?: readonly Correction[]
    } & ByPerson)
  | ({ kind: 'cancelled' } & ByPerson)
  | ({ kind: 'suspended' } & ByPerson)
  | ({ kind: 'retried' } & ByPerson)
  | ({ kind: 'advanced'; step?: string; output: unknown } & ByPerson)

/** `bulk`: where the job is one of many that they act on. */
export type ByPerson = { actor: string; reason: string | null; bulk?: PartOfBulk }

/** What one happening makes of a job. Nothing here has been stored yet. */
export type Advance = {
  job: Job
  history: HistoryEntry[]
  /** Keys of the steps that are now queued and need a message. */
  send: string[]
  tasks: TaskDraft[]
  closings: TaskClosing[]
  /** Edited inputs, by the `seq` that their step points to. */
  editedInputs: { seq: number; body: unknown }[]
  decisions: { step: string | null; decision: JobDecision }[]
}

/** A decision as policies make it; kept beside the job that it was made for. */
export type JobDecision = Decision

/**
 * The happening does not fit the job as it is: `stale` outcomes are dropped and counted, `refused` actions are told to
 * the person who asked, with what would be possible.
 */
export type NoAdvance = { stale: true } | { refused: { code: string; message: string } }
