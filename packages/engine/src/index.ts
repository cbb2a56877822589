/**
 * What happens: submitting, advancing, executing, reviewing, over ports. Owns the rules of the state machine; must not
 * know Redis, Postgres or HTTP, and does no I/O of its own.
 */
export * from './act.ts'
export * from './advance-job.ts'
export * from './backlog.ts'
export { Claims } from './claims.ts'
export { codePoints } from './code-points.ts'
export * from './engine-deps.ts'
export * from './execute-delivery.ts'
export * from './execute-step.ts'
export * from './gather.ts'
export * from './handlers-at-work.ts'
export * from './happening.ts'
export * from './input-of-step.ts'
export * from './new-job.ts'
export { patiently } from './patiently.ts'
export { quarantineOf, queueOfStep } from './queue-of-step.ts'
export * from './recorder.ts'
export * from './replay-job.ts'
export * from './resolve-task.ts'
export * from './stage.ts'
export * from './submit-jobs.ts'
