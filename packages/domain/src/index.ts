/**
 * The words of Stageline: states, errors, workflow definitions, policies, documents. Pure: no I/O, no clock of its
 * own, no knowledge of Redis, Postgres or HTTP. Everything else depends on this package; it depends on zod and a CEL
 * evaluator.
 */
export * from './automation-settings.ts'
export * from './built-in-workflows.ts'
export * from './completeness.ts'
export * from './condition.ts'
export * from './document.ts'
export { errorRateBounds, ErrorTarget, errorTargetOf, wasRight } from './error-target.ts'
export type { VerifiedOutcome } from './error-target.ts'
export * from './errors.ts'
export * from './events.ts'
export * from './ids.ts'
export { inputSchemaProblems } from './input-schema.ts'
export * from './job.ts'
export * from './job-timeout.ts'
export * from './json.ts'

export * from './load-settings.ts'
export { ModelCall } from './model-call.ts'
export * from './policy.ts'
export * from './problem.ts'
export * from './quarantine.ts'
export * from './retry-plan.ts'
export * from './states.ts'
export * from './storable.ts'
export * from './workflow.ts'
export { OutOfTime, withinLimit } from './within-limit.ts'
export * from './xml-tree.ts'
