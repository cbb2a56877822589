import type { HistoryEntry, Job, SourceOutcomes, TaskClosing, TaskDraft, Workflow } from '@stageline/domain'
import type { JobDecision } from '../happening.ts'
import type { Message } from './stage-queue.ts'

export type StepRef = { tenantId: string; jobId: string; step: string; fence: number }

/** A job with what its steps read: the input (`payloads`, seq 1) and the outputs recorded so far. */
export type LoadedJob = {
  job: Job
  input: Record<string, unknown>
  /** Output of each step that has one, by step key. */
  outputs: Readonly<Record<string, unknown>>
  /** The edited input of the step that was asked for, where a person gave it one. */
  editedInput?: Record<string, unknown>
}

/** One change of one job: stored whole, or not at all when the row is no longer at `before.revision`. */
export type JobWrite = {
  before: Job
  after: Job
  history: readonly HistoryEntry[]
  tasks: readonly TaskDraft[]
  /** Tasks that stood open before this write; they are closed before `tasks` are opened. */
  closings: readonly TaskClosing[]
  editedInputs: readonly { seq: number; body: unknown }[]
  decisions: readonly { step: string | null; decision: JobDecision }[]
  /**
   * Bulk actions that it is part of: their notes of the job become `done` in the same transaction. Where one has its note
   * already, or was stopped, nothing is written and the job counts as gone.
   */
  bulkActions?: readonly string[]
}

export type WriteOutcome =
  | { kind: 'recorded' }
  /** The row has moved on: this is how it stands now. */
  | { kind: 'changed'; job: Job }
  | { kind: 'gone' }
  /** The database cannot hold this value (SQLSTATE 22xxx, 23xxx, 54xxx); its neighbours were recorded. */
  | { kind: 'unstorable'; message: string }

export type NewJob = {
  job: Job
  input: unknown
  history: readonly HistoryEntry[]
  tasks: readonly TaskDraft[]
  decisions: readonly { step: string | null; decision: JobDecision }[]
  businessKey: string | null
  tags: readonly string[]
  /** How it came: `api`, `upload`, `bulk`, `replay`, `schedule`, `trigger`. */
  origin: string
  actor: string
  replayOf: string | null
  idempotency: IdempotencyKey | null
  /** The tenant's day that it is counted on; null where jobs of its workflow are not counted by day. */
  countedOn: string | null
  /** So many jobs of its workflow are taken in on that day; null: any number. */
  dayBound: number | null
}

/** A job that is about to be accepted, as far as the past may know something of it. */
export type PastAsked = { workflow: string; source: string | null; businessKey: string | null }

/** What became of the items of its source, and how often automation gave up its business key lately. */
export type JobPast = { outcomes: SourceOutcomes; recentFailures: number }

export type IntakePast = {
  /** In the order asked. */
  jobs: JobPast[]
  /** The tenant's day: `2026-11-21`, and when the next one begins. */
  day: string
  resetsAt: string
  /** Jobs accepted on that day, by workflow. */
  acceptedToday: Readonly<Record<string, number>>
}

export type IdempotencyKey = { operation: string; key: string; fingerprint: string }

export type Accepted =
  | { kind: 'accepted'; jobId: string }
  /** The same key and the same body came before. */
  | { kind: 'replayed'; jobId: string }
  | { kind: 'other_body'; jobId: string }
  /** A request with this key is under way. */
  | { kind: 'in_flight' }

/** `day_full`: nothing was stored, since others have taken the last places of the day meanwhile. */
export type Stored = Accepted | { kind: 'day_full' }

/** A message that is looked for, and how often it was. */
export type Sought = Pick<Message, 'id' | 'tenantId' | 'stage'> & {
  /** The jobs whose steps it carried when it was sent. */
  jobs: readonly string[]
  looks: number
}

/** The record. Each method is one transaction; none spans a call to the queue. */
export interface JobStore {
  /** The Postgres clock, estimated from the last answer and a monotonic clock, so that no local clock decides. */
  now(): Date
  /** In the order of the references; undefined where there is no such job. One statement for all. */
  load(refs: readonly StepRef[]): Promise<(LoadedJob | undefined)[]>
  read(refs: readonly { tenantId: string; jobId: string }[]): Promise<(Job | undefined)[]>
  /**
   * Compare-and-set of many jobs in one transaction: locks the rows ORDER BY id, keeps those that still are at the
   * revision that was read, updates them and inserts history, payloads, tasks, decisions and counter deltas. In the
   * order of the writes. At most one write a job.
   * @param messages what will be sent if it is recorded: each is looked for from 2 s on, until it is forgotten
   * @throws SystemError `store.unavailable` when the database cannot be reached or the commit is unclear.
   */
  record(writes: readonly JobWrite[], messages?: readonly Message[]): Promise<WriteOutcome[]>
  /**
   * Stores new jobs, in the order given. One job with a key takes an advisory lock and may answer `in_flight`; many
   * take their keys by INSERT … ON CONFLICT DO NOTHING in key order, at most 500 jobs a transaction. Those with a bound
   * for their day come one transaction after the other, so that it is never exceeded.
   */
  accept(tenantId: string, jobs: readonly NewJob[], messages?: readonly Message[]): Promise<Stored[]>
  /** Who has each of these keys, in their order; undefined for a key that nobody has. Takes none. */
  ownersOf(tenantId: string, keys: readonly (IdempotencyKey | null)[]): Promise<(Accepted | undefined)[]>
  /** What is known of jobs that are about to be accepted, in one statement for all of them. */
  pastOf(tenantId: string, asked: readonly PastAsked[]): Promise<IntakePast>
  /** Jobs with a timer that has come; their `due_at` is pushed on (without a new revision) so that no other takes them. */
  takeDue(limit: number): Promise<Job[]>
  /** Whether there are messages that {@link takeUnchecked} would take now. */
  hasUnchecked(): Promise<boolean>
  /**
   * Messages that should be looked for, with `limit` steps in all or just above, the most urgent first and of those the
   * oldest; their `check_at` is pushed on, doubling with jitter up to 5 minutes.
   */
  takeUnchecked(limit: number): Promise<Sought[]>
  /** Looks that were taken and could not be done: they are due again in 5 s and count as not taken. */
  giveBackUnchecked(messages: readonly string[]): Promise<void>
  /**
   * Nobody waits for these messages any more, so that they need not be looked for: none of their steps is queued with
   * them. Takes place with one of the next records, or within a second; what does not is found by a look.
   */
  forget(messages: readonly string[]): void
  /** Makes every message due for a look at once (Redis lost its data). Returns how many steps they carry. */
  recheckAll(): Promise<number>
  /** The same for those of some queues, closely: they have lost their lists. Leaves alone what was sent lately. */
  recheckQueues(queues: readonly string[]): Promise<number>
}

/** Definitions and policies, cached; a version never changes once it is stored. */
export interface WorkflowCatalog {
  /** @throws DataError `workflow.unknown` */
  version(tenantId: string, key: string, version: number): Promise<Workflow>
  /** The newest version; undefined for an unknown key. */
  latest(tenantId: string, key: string): Promise<Workflow | undefined>
}
