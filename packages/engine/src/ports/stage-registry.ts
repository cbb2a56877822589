import type { JobState, TaskState } from '@stageline/domain'
import type { ReviewNotice } from './stage-queue.ts'

/** Which stages exist, who works them and whether they may: the row of a stage in the record. */
export interface StageRegistry {
  /** Called at the start of a worker: publishes the schemas, the bundle size and the pace of its stage. */
  register(
    stage: { name: string; inputSchema: unknown; outputSchema: unknown; bundle: number; limit?: Pace | undefined },
    worker: WorkerInfo,
  ): Promise<void>
  /**
   * Called every second: says that the worker lives and learns what holds its stage. Where a probe of the breaker is due
   * or ours, and `mayProbe`, the worker has it from now on for {@link PROBE_LEASE_MS}.
   */
  heartbeat(stage: string, workerId: string, mayProbe: boolean): Promise<StageHold>
  /** Nobody begins a step of the stage before `ms` have passed, or longer where it is already so. */
  limit(stage: string, hold: { ms: number } & HoldReason): Promise<void>
  /**
   * Opens a closed breaker, or opens it again after our own probe. Delay before the probe: `baseMs`, doubled each time it
   * opens again, at most `maxMs`, plus 0 to 20 %.
   * @returns how often it has now opened in a row; undefined where it was open already or another probes
   */
  openBreaker(stage: string, hold: { baseMs: number; maxMs: number } & HoldReason): Promise<number | undefined>
  /** After our own probe; what waits for it is released by upkeep. False where the probe is not ours any more. */
  closeBreaker(stage: string, workerId: string): Promise<boolean>
  /** Called at a worker's end; gives up a probe. */
  leave(stage: string, workerId: string): Promise<void>
  /** Bundle sizes of all stages, for whoever sends. */
  bundles(): Promise<ReadonlyMap<string, number>>
}

/** So long a probe is left to the worker that took it; after that any other takes it over. */
export const PROBE_LEASE_MS = 10_000

/** What holds a stage now, seen by one worker; times by the clock of the record. */
export type StageHold = {
  paused: boolean
  /** 0: not held by the limiter. */
  limitedMs: number
  breaker: BreakerState
  /** Until a probe is due; 0 where it is, or where there is none to wait for. */
  probeInMs: number
  /** This worker may try one step. */
  probing: boolean
}

/** Who holds a stage, and why: the worker's id, code and message of the failure that it met. */
export type HoldReason = { workerId: string; code: string; reason: string }

/** So many steps in so many milliseconds, by all workers of a stage together. */
export type Pace = { max: number; perMs: number }

export type BreakerState = 'closed' | 'open' | 'half_open'

export type WorkerInfo = { id: string; host: string; pid: number; version: string }

/** Upkeep of the record, done by the orchestrator; every call does a bounded piece of work and says how much. */
export interface Maintenance {
  /** Sums counter deltas into one row each. */
  foldCounters(): Promise<number>
  /** Months ahead for which partitions exist. */
  ensurePartitions(): Promise<number>
  expireIdempotencyKeys(limit: number): Promise<number>
  /** Hashes the whole history of jobs that have become final, once, and counts the outcome for their sources. */
  sealFinished(limit: number): Promise<number>
  /** Drops outcomes of sources, failures and days that no decision looks at any more. */
  forgetOutcomes(): Promise<number>
  /** Open review tasks, for the manual-review queue. */
  openTasks(): Promise<ReviewNotice[]>
  /** Open tasks by state, of all tenants. */
  countOpenTasks(): Promise<{ state: TaskState; count: number }[]>
  /** All jobs by state, of all tenants, by the counters; those that have left are `archived`. */
  countJobs(): Promise<{ state: JobState | 'archived'; count: number }[]>
  /** Tasks whose lease ran out go back to `new`. */
  expireTaskLeases(): Promise<number>
  /** Promises of time whose deadline has passed are broken, told and escalated, once each. */
  breachDue(limit: number): Promise<number>
  /** For how long the oldest queued step has been overdue for a look at its message, seconds; 0 when none is. */
  oldestUnsentS(): Promise<number>
  /** Says that an orchestrator lives. */
  noteAlive(instance: string): Promise<void>
  /** Ends pauses whose time is over. */
  liftPauses(): Promise<number>
  /** Steps that wait for a breaker which has closed meanwhile become due. */
  releaseWaiting(limit: number): Promise<number>
}
