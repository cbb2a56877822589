/**
 * Finished jobs on their way out of the record, as orchestrators work on them. Only what nobody needs any more may be
 * chosen: final and sealed, read by triggers and webhooks, without an open task, a waiting delivery or trigger run, and not
 * of a batch or bulk action that is still at work.
 */
export interface Archiver {
  /** A tenant that nobody looks after for so long, or until the turn is ended. */
  takeTurn(forMs: number): Promise<RetentionTurn | undefined>
  /** The tenant is looked after again after the time, from these jobs on. */
  endTurn(turn: RetentionTurn, afterMs: number): Promise<void>
  /** How much is kept of a tenant that is finished; its bytes, by a sample, where they are asked for. */
  weigh(tenantId: string, withBytes: boolean): Promise<FinishedWeight>
  /** Jobs that may leave, the oldest first. */
  choose(turn: RetentionTurn, choice: LeavingChoice): Promise<ChosenJobs>
  /**
   * Writes the jobs into a file, and in one commit notes where they are and takes them out of the record.
   * @returns whether they have left: not where one of them is gone or has another state by now
   */
  archive(tenantId: string, jobs: readonly LeavingJob[]): Promise<boolean>
  /** Removes files that no archive came to name; returns how many. */
  clearOrphans(limit: number): Promise<number>
  /** Drops months of history that all jobs have left; returns how many. */
  dropEmptyMonths(): Promise<number>
}

export type RetentionTurn = {
  tenantId: string
  /** Jobs up to this one were looked at. */
  lookedTo: string | null
}

export type FinishedWeight = {
  jobs: number
  /** Of one job with its payloads and history, before compression; null where none is finished or nobody asked. */
  bytesEach: number | null
  /** Since the newest archive was made. */
  sinceArchiveMs: number | null
}

/** For how long a job must have been in its final state; null: it stays for ever. */
export type LeavingChoice = { completedForMs: number | null; cancelledForMs: number | null; most: number }

/** `bytes` as they are stored. */
export type LeavingJob = { id: string; bytes: number }

export type ChosenJobs = {
  jobs: LeavingJob[]
  /** Where to look on, when these have left; null: with the oldest. */
  lookedTo: string | null
}
