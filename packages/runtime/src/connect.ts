import { withinLimit } from '@stageline/domain'
import type { EngineDeps } from '@stageline/engine'
import { createRecorder } from '@stageline/engine'
import { createReviewQueue, createStageHints, createStageQueue, openRedis } from '@stageline/queue'
import {
  createFolderBlobStore,
  createJobStore,
  createRecordReader,
  createStageRegistry,
  createWorkflowCatalog,
  openDatabase,
} from '@stageline/store'
import type { CommonConfig } from './load-config.ts'
import type { ServiceLife } from './run-service.ts'
import { watchBundles } from './watch-bundles.ts'
import { redisIsFit, untilRedisIsFit } from './watch-redis.ts'

/**
 * Opens the record and the transport for one process and makes the engine's dependencies from them.
 *
 * @param paced the stages whose messages must carry one step each, since this process keeps a pace
 */
export function connect(
  config: CommonConfig,
  role: 'worker' | 'gateway',
  life: ServiceLife,
  paced: readonly string[] = [],
) {
  const { telemetry, health, onStop, name, stopping } = life
  const { observer } = telemetry
  const database = openDatabase({ url: config.DATABASE_URL, role, applicationName: `stageline-${name}` })
  // Opens what is held; while the database is away, the next question after its health does.
  void database.ping().catch((error: unknown) => observer.trouble('store.unavailable', error))
  onStop.defer(() => closeWithin(database))
  const onRedisError = (error: Error) => observer.trouble('redis.error', error)
  const producer = openRedis(config.REDIS_URL, 'producer', `stageline-${name}`, onRedisError)
  onStop.defer(() => producer.disconnect())
  const transport = { redis: producer, prefix: config.STAGELINE_QUEUE_PREFIX, onError: onRedisError }
  const queue = createStageQueue(transport)
  const review = createReviewQueue(transport)
  onStop.defer(() => closeWithin(queue))
  onStop.defer(() => closeWithin(review))
  const store = createJobStore(database)
  const stages = createStageRegistry(database)
  const bundles = watchBundles(stages, life, paced)
  const patience = patienceAfter(stopping, config.STAGELINE_DRAIN_MS)
  const openListener = () => openRedis(config.REDIS_URL, 'listener', `stageline-${name}-hints`, onRedisError)
  const hints = createStageHints({ ...transport, openListener })
  const { tell: interrupt } = hints
  const record = createRecorder({ store, queue, observer, bundleOf: bundles, interrupt, signal: patience })
  health.needs('postgres', () => database.ping())
  // The gateway accepts without Redis: what it cannot send is sent by repair. A worker cannot work without it.
  if (role === 'gateway') health.misses('redis', redisIsFit(queue))
  else health.needs('redis', redisIsFit(queue))
  telemetry.observeGauge('stageline_redis_refuses', () =>
    [...queue.refusals()].map(([stage, reason]) => ({ value: 1, labels: { stage, reason } })),
  )
  const redisFit = untilRedisIsFit(queue, life)
  const engine: EngineDeps = {
    store,
    workflows: createWorkflowCatalog(database),
    queue,
    record,
    reader: createRecordReader(database),
    observer,
    bundleOf: bundles,
  }
  const blobs = createFolderBlobStore(config.STAGELINE_BLOB_DIR, database)
  return { database, redis: producer, engine, queue, review, stages, redisFit, hints, blobs }
}

const CLOSE_LIMIT_MS = 1_000

/** A store that hangs does not hold a process whose work is recorded: the end of the process closes its connections. */
const closeWithin = (part: AsyncDisposable): Promise<void> =>
  withinLimit(CLOSE_LIMIT_MS, async () => part[Symbol.asyncDispose]()).catch(() => undefined)

/** Records are tried again until the drain time of a stopping service is over. */
function patienceAfter(stopping: AbortSignal, drainMs: number): AbortSignal {
  const patience = new AbortController()
  stopping.addEventListener('abort', () => setTimeout(() => patience.abort(), drainMs).unref(), { once: true })
  return patience.signal
}
