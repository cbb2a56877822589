import { loadSettings } from '@stageline/domain'
import { parseRedisUrl } from '@stageline/queue'
import { z } from 'zod'
import PACKAGE from '../package.json' with { type: 'json' }

/** A time that is given in seconds, as `0.5` too; ms once it is loaded. */
export const seconds = ({ min, max }: { min: number; max: number }) =>
  z.coerce
    .number()
    .min(min)
    .max(max)
    .transform((given) => Math.round(given * 1_000))

const LOCKING_STAYS =
  'Expected true: locking cannot be switched off, it is what lets any number of workers run. Remove the setting'

/**
 * Settings that every service has. Each comes from the environment variable of its name; `.env.example` lists them.
 * Services add their own with `loadSettings`.
 */
export const CommonConfig = z.object({
  /** Postgres, with the role that this service uses: `worker`, or `gateway` for the gateway. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Redis or Valkey, 6.2 or newer, that keeps what it is given: `noeviction`; one server, sentinels or a cluster (docs/redis.md). */
  REDIS_URL: z.string().superRefine(namesRedis),
  /** Folder that all services share; file contents are kept there. */
  STAGELINE_BLOB_DIR: z.string().min(1),
  /** Begins the names of all keys in Redis, so that installations can share one. */
  STAGELINE_QUEUE_PREFIX: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .default('stageline'),
  /** Where HTTP listens: the API, or health and metrics. 0 picks a free port. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  /** The address that it listens on; the gateway refuses others than this machine's as long as there is no API key. */
  HOST: z.string().min(1).default('127.0.0.1'),
  /** The least level that is written: fatal, error, warn, info, debug, trace or silent. */
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** What runs here, such as 1.4.0 or a commit: shown with each worker and by `stageline_build_info`. */
  STAGELINE_VERSION: z.string().max(100).default(PACKAGE.version),
  /** OTLP over HTTP, such as http://localhost:4318; traces are sent only when it is set. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  /** The share of requests and jobs that are traced, 0 to 1, where no `traceparent` that comes with them says it. The same for all services. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  /** `false`: nothing is counted or measured, and `/metrics` answers 404. */
  ENABLE_WORKFLOW_METRICS: z.stringbool().default(true),
  /** Only `true`: fences and claims in Postgres keep a step from being recorded twice, and are never off. */
  ENABLE_DISTRIBUTED_LOCKING: z.stringbool().refine(Boolean, LOCKING_STAYS).default(true),
  /** How long a stopping service waits for what it has in hand, ms. The container's grace time must be longer. */
  STAGELINE_DRAIN_MS: z.coerce.number().int().min(0).max(600_000).default(25_000),
  /** How long the event loop may stand still before the process ends itself, ms; it is to be started again. 0: for ever. */
  STAGELINE_STUCK_LIMIT_MS: z.coerce.number().int().min(0).max(600_000).default(30_000),
  /** Set by whoever started this process and wants it to end with them. */
  STAGELINE_PARENT: z.enum(['0', '1']).default('0'),
})
export type CommonConfig = z.infer<typeof CommonConfig>

/** How much may be open, for services that take in jobs; the same for all of them. */
export const IntakeBounds = z.object({
  /** Jobs of one tenant that may be open (not final) at a time; above it, new ones are answered with 429. A tenant may have a bound of its own. */
  STAGELINE_MAX_OPEN_JOBS_PER_TENANT: z.coerce.number().int().min(1).max(1_000_000_000).default(500_000),
  /** Jobs of all tenants that may be open at a time; above it, new ones are answered with 503. */
  STAGELINE_MAX_OPEN_JOBS: z.coerce.number().int().min(1).max(1_000_000_000).default(1_000_000),
})
export type IntakeBounds = z.infer<typeof IntakeBounds>

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const

/** `10/1s`: so many steps, a slash, a time with its unit. */
const PaceText = z
  .string()
  .regex(/^[1-9]\d{0,5}\/[1-9]\d{0,5}(ms|s|m|h)$/, 'Expected a pace such as 10/1s, 600/1m or 1/250ms')
  .transform((text) => {
    const [, max, count, unit] = /^(\d+)\/(\d+)(\w+)$/.exec(text)!
    return { max: Number(max), perMs: Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS] }
  })
  .refine(({ perMs }) => perMs <= 24 * UNIT_MS.h, 'Expected a time of at most 24 hours')

export const StageConfig = CommonConfig.extend({
  /** Messages that this process works at once; default as the stage says, 8 where it says nothing. */
  WORKFLOW_NUM_WORKERS: z.coerce.number().int().min(1).max(1_000).optional(),
  /** Retries after the first try of a step, unless its job, step, stage or workflow says otherwise. */
  WORKFLOW_MAX_RETRIES: z.coerce.number().int().min(0).max(99).default(3),
  /** So many failed tries of all steps of a job that is routed at intake, as those of `part` are, send it to a person. */
  MAX_AUTOMATION_FAILURES: z.coerce.number().int().min(1).max(1_000).default(3),
  /** Delay before the first retry, seconds, for every kind of error; not given, 60, and 5 after a passing error. */
  WORKFLOW_RETRY_BACKOFF: seconds({ min: 0, max: 86_400 }).optional(),
  /** By how much each delay is longer than the one before: 60, 120, 240 s with 2. */
  WORKFLOW_RETRY_BACKOFF_MULTIPLIER: z.coerce.number().min(1).max(10).default(2),
  /** How long a worker with room may fetch nothing while messages wait, ms, before it ends to be started again. 0: for ever. */
  STAGELINE_FETCH_LIMIT_MS: z.coerce.number().int().min(0).max(600_000).default(30_000),
  /** How long one try of a step may take, seconds, unless its stage or its step says otherwise. */
  WORKFLOW_PROCESSING_TIMEOUT: seconds({ min: 0.001, max: 3_600 }).prefault(300),
  /** How long a message stays with a worker that does not renew it, seconds; it comes back at the next look, 5 s later at most. */
  WORKFLOW_LOCK_TIMEOUT: seconds({ min: 5, max: 600 }).prefault(10),
  /** How long a handler may take to stop once its signal has aborted, ms; then its process is replaced. */
  STAGELINE_STOP_GRACE_MS: z.coerce.number().int().min(0).max(600_000).default(10_000),
  /** The most heap that the process which works a stage's quarantine may take, MB. It runs only while there is work. */
  STAGELINE_QUARANTINE_MEMORY_MB: z.coerce.number().int().min(64).max(65_536).default(512),
  /** The stage whose quarantine this process works: set by a worker for the process that it starts for that. */
  STAGELINE_QUARANTINE: z.string().default(''),
  /** Steps that all workers of the stage together may begin in a time, such as 10/1s; the same for all of them, no other stage's. */
  STAGELINE_LIMIT: PaceText.optional(),
  /** How long an open breaker waits before it tries one step, ms; doubled each time that it fails. */
  STAGELINE_BREAKER_BASE_MS: z.coerce.number().int().min(100).max(3_600_000).default(5_000),
  /** The longest of these delays, ms. */
  STAGELINE_BREAKER_MAX_MS: z.coerce.number().int().min(100).max(86_400_000).default(60_000),
})
export type StageConfig = z.infer<typeof StageConfig>

function namesRedis(url: string, context: z.RefinementCtx): void {
  try {
    parseRedisUrl(url)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    context.addIssue({ code: 'custom', message: error.message })
  }
}

/** Settings of a stage service. A stage with settings of its own passes their zod shape. */
export function loadStageConfig(env: NodeJS.ProcessEnv): Readonly<StageConfig>
export function loadStageConfig<Own extends z.ZodRawShape>(
  env: NodeJS.ProcessEnv,
  own: Own,
): Readonly<StageConfig & z.infer<z.ZodObject<Own>>>
export function loadStageConfig(env: NodeJS.ProcessEnv, own: z.ZodRawShape = {}): Readonly<StageConfig> {
  return loadSettings(StageConfig.extend(own), env) as Readonly<StageConfig>
}
