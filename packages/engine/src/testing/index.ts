/**
 * Twins of the engine's ports that live in memory, and a driver that takes a job to its end without Redis, Postgres or
 * waiting. For tests only; they keep the contract of the ports and know nothing of the adapters.
 */
export * from './engine-in-memory.ts'
export * from './executor-in-memory.ts'
export * from './job-in-hand.ts'
export * from './memory-batch-runs.ts'
export * from './memory-blobs.ts'
export * from './memory-bulk-actions.ts'
export * from './memory-bulk-items.ts'
export * from './memory-job-store.ts'
export * from './memory-queue.ts'
export * from './memory-sla-book.ts'
export * from './memory-stage-rows.ts'
export * from './memory-task-desk.ts'
export * from './memory-tasks.ts'
export * from './memory-triggers.ts'
export * from './memory-webhooks.ts'
export * from './memory-workflow-catalog.ts'
export * from './quiet-observer.ts'
export * from './room-for-all.ts'
export * from './run-pipeline.ts'
