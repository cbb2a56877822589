import type { ReviewNotice } from './stage-queue.ts'

/** Which stages exist, who works them and whether they may: the row of a stage in the record. */
export interface StageRegistry {
  /** Called at the start of a worker: publishes the schemas and the bundle size of its stage. */
  register(
    stage: { name: string; inputSchema: unknown; outputSchema: unknown; bundle: number },
    worker: WorkerInfo,
  ): Promise<void>
  /** Called every second: says that the worker lives and learns whether its stage is paused. */
  heartbeat(stage: string, workerId: string): Promise<{ paused: boolean }>
  /** Called at a worker's end. */
  leave(stage: string, workerId: string): Promise<void>
  /** Bundle sizes of all stages, for whoever sends. */
  bundles(): Promise<ReadonlyMap<string, number>>
}

export type WorkerInfo = { id: string; host: string; pid: number; version: string }

/** Upkeep of the record, done by the orchestrator; every call does a bounded piece of work and says how much. */
export interface Maintenance {
  /** Sums counter deltas into one row each. */
  foldCounters(): Promise<number>
  /** Months ahead for which partitions exist. */
  ensurePartitions(): Promise<number>
  expireIdempotencyKeys(limit: number): Promise<number>
  /** Hashes the whole history of jobs that have become final, once. */
  sealFinished(limit: number): Promise<number>
  /** Open review tasks, for the manual-review queue. */
  openTasks(): Promise<ReviewNotice[]>
  /** Tasks whose lease ran out go back to `new`. */
  expireTaskLeases(): Promise<number>
}
