import type { ModelTrust, Schema } from '@stageline/domain'
import { isQuarantine } from '@stageline/domain'
import type { Catalog, FirstSeen } from './ports/catalog.ts'
import type { Pace } from './ports/stage-registry.ts'
import type { StageBlobs } from './ports/blobs.ts'

/** What a handler may use. It sees no Redis, no Postgres, no environment and no clock but `now`. */
export type StageContext = {
  tenantId: string
  jobId: string
  stepKey: string
  workflow: string
  /** Which try this is, from 1. */
  attempt: number
  /** Time of the try; use it instead of a clock. */
  now: Date
  /** Aborts on time-out, cancel, shutdown and a lost claim. Hand it to everything that waits. */
  signal: AbortSignal
  /**
   * A sign of life: a step with a `heartbeatMs` needs one at least that often. Claims the step. A `state` (JSON, at most
   * 4 kB) is stored for the next try of the step and given to it as `checkpoint`: after a failure, a crash of the worker,
   * or a shutdown. Resolves when it is stored.
   *
   * @throws DataError `stage.checkpoint_too_large`: put bytes in a blob and keep its reference;
   *   `stage.unstorable_checkpoint`
   * @throws the reason of `signal` once it has aborted
   */
  heartbeat: (state?: unknown) => Promise<void>
  /** What an earlier try of this step left by `heartbeat`; undefined where none did. Untrusted as any input: parse it. */
  checkpoint: unknown
  /** `config` of the step in the workflow definition. */
  config: Readonly<Record<string, unknown>>
  /** Equal for every try of this step: send it as `Idempotency-Key` with every outside call. */
  idempotencyKey: string
  logger: StageLogger
  blobs: StageBlobs
  catalog: Catalog
  firstSeen: FirstSeen
  /** What people found of the values that models gave in this workflow. */
  modelTrust: () => Promise<ModelTrust>
}

export type StageLogger = Record<'info' | 'warn' | 'error' | 'debug', (fields: object, message: string) => void>

export type StageDefinition<Input = unknown, Output = unknown> = {
  /** kebab-case; the name of its queue. */
  name: string
  /** Unknown keys are dropped: a stage names what it needs of the job's input and of the outputs before it. */
  input: Schema<Input>
  output: Schema<Output>
  /** Tries in all, the first included; a workflow, step or job may say otherwise. Default 4. */
  maxAttempts?: number
  /** How long one try may take. Default as `WORKFLOW_PROCESSING_TIMEOUT` says: 300 s. */
  timeoutMs?: number
  /** Longest silence between two calls of `context.heartbeat`. Default none. */
  heartbeatMs?: number
  /** How many steps one message may carry. Default 100; 1 for stages that call out or take long. */
  bundle?: number
  /** Messages that one process works at once. Default 8. */
  concurrency?: number
  /** Steps that all workers together may begin in a time, such as what a provider allows. Its messages carry one step. */
  limit?: Pace
  /** The handler has effects outside: it claims each step before it runs. Default false. */
  callsOut?: boolean
  /** An output, or a throw: see the error classes of the domain. Must be safe to run twice. */
  handle(input: Input, context: StageContext): Promise<Output> | Output
}

/** Checks a stage's settings and gives them back, typed by its schemas. */
export function defineStage<Input, Output>(stage: StageDefinition<Input, Output>): StageDefinition<Input, Output> {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(stage.name)) {
    throw new TypeError(`Stage name "${stage.name}": use lower-case letters, digits and dashes, at most 63`)
  }
  if (isQuarantine(stage.name)) throw new TypeError(`Stage name "${stage.name}": this ending is kept for quarantine`)
  if ((stage.bundle ?? 100) < 1 || (stage.concurrency ?? 8) < 1) {
    throw new RangeError(`Stage "${stage.name}": bundle and concurrency must be at least 1`)
  }
  if (stage.limit && !(stage.limit.max >= 1 && stage.limit.perMs >= 1)) {
    throw new RangeError(`Stage "${stage.name}": a limit needs at least 1 step in at least 1 ms`)
  }
  return stage
}
