/**
 * The API of Stageline, typed: what programs use instead of writing requests by hand. Owns the way from a call to HTTP
 * and back; knows the API by its own description (`generated/api.d.ts`) and nothing of the services behind it.
 */
export { ApiProblem } from './api-problem.ts'
export { createClient, type Client, type ClientOptions, type JobFor, type WorkflowInputs } from './create-client.ts'
export type { JobEvent } from './follow-events.ts'
export type { components, operations, paths } from './generated/api.d.ts'
export type { Health } from './read-health.ts'
export type { BulkLine, BulkResult } from './submit-bulk.ts'
export type { Document } from './submit-document.ts'
