import { jsonSchemaOf, quarantineOf } from '@stageline/domain'
import type { ExecutorDeps, StageDefinition } from '@stageline/engine'
import { Claims, executeDelivery, gather, patiently } from '@stageline/engine'
import type { Delivery, LoadedJob, StageBlobs, StepRef } from '@stageline/engine/ports'
import type { StageConsumer } from '@stageline/queue'
import { createStageConsumer, openRedis } from '@stageline/queue'
import { createCatalog, createFirstSeen, createModelTrusts } from '@stageline/store'
import { hostname } from 'node:os'
import { connect } from './connect.ts'
import { environmentPlan } from './environment-plan.ts'
import { watchHandlers } from './watch-handlers.ts'
import type { StageConfig } from './load-config.ts'
import { mindStage } from './mind-stage.ts'
import { openQuarantine } from './open-quarantine.ts'
import type { ServiceLife } from './run-service.ts'
import { runService } from './run-service.ts'
import { serveHealth } from './serve-health.ts'
import { tellWhatIsHeld } from './tell-what-is-held.ts'
import { untilDone } from './until-done.ts'
import { watchProgress } from './watch-progress.ts'

const LOAD_AT_MOST = 400

/**
 * Runs a stage's worker until the process is asked to stop: publishes the stage, works its queue, obeys its pause, and on
 * SIGTERM takes nothing new, lets what it has in hand end, and gives back the rest.
 *
 * @example
 * await runStage(extractionStage(), loadConfig(process.env))
 */
export async function runStage<Input, Output>(
  stage: StageDefinition<Input, Output>,
  config: StageConfig | (() => StageConfig),
): Promise<void> {
  await runService(stage.name, config, (loaded, life) =>
    startStage(withPace(stage as StageDefinition, loaded), loaded, life),
  )
}

/** A pace counts messages: each carries one step then. */
function withPace(stage: StageDefinition, { STAGELINE_LIMIT }: StageConfig): StageDefinition {
  const limit = STAGELINE_LIMIT ?? stage.limit
  return limit ? { ...stage, limit, bundle: 1 } : stage
}

async function startStage(stage: StageDefinition, config: StageConfig, life: ServiceLife): Promise<void> {
  const { onStop } = life
  const isQuarantine = config.STAGELINE_QUARANTINE === '1'
  const queue = isQuarantine ? quarantineOf(stage.name) : stage.name
  if (!isQuarantine) await serveHealth(config, life)
  const connections = connect(config, 'worker', life, stage.limit && stage.name)
  const shutdown = new AbortController()
  const mind = mindStage(stage.name, config, connections, life)
  const deps = { ...executorDeps(stage, config, life, connections, shutdown.signal), gate: mind.gate }
  const consumer = openConsumer(stage, config, life, deps)
  if (!isQuarantine) openQuarantine(stage.name, config, life, { connections, consumer })
  onStop.defer(() => drain(consumer, shutdown, config, life))
  const worker = {
    id: life.instanceId,
    host: hostname(),
    pid: process.pid,
    version: config.STAGELINE_VERSION,
  }
  const described = {
    name: stage.name,
    inputSchema: jsonSchemaOf(stage.input, 'input'),
    outputSchema: jsonSchemaOf(stage.output, 'output'),
    bundle: stage.bundle ?? 100,
    limit: stage.limit,
  }
  // Before it is published: it may be stopped before it has begun to work.
  onStop.defer(() => mind.leave())
  await untilDone(() => connections.stages.register(described, worker), life)
  await connections.redisFit
  if (life.stopping.aborted) return
  await mind.start(consumer, deps.claims)
  watchFetching(consumer, { queue, limitMs: config.STAGELINE_FETCH_LIMIT_MS }, connections, life)
}

type Connections = ReturnType<typeof connect>

const watchFetching = (
  consumer: StageConsumer,
  { queue, limitMs }: { queue: string; limitMs: number },
  connections: Connections,
  life: ServiceLife,
): void =>
  watchProgress(life, {
    name: 'fetching',
    mark: consumer.lastFetchedAt,
    isExpected: async () =>
      !consumer.isPaused() &&
      consumer.refusal() === undefined &&
      consumer.hasRoom() &&
      (await connections.queue.fetchable(queue)) > 0,
    limitMs,
  })

function executorDeps(
  stage: StageDefinition,
  config: StageConfig,
  life: ServiceLife,
  connections: Connections,
  shutdown: AbortSignal,
): ExecutorDeps {
  const { engine, database, blobs } = connections
  const claims = new Claims({ record: engine.record, store: engine.store, worker: life.instanceId })
  life.onStop.use(claims)
  const patience = { observer: engine.observer, signal: shutdown }
  const modelTrusts = createModelTrusts(database)
  const load = gather<StepRef, LoadedJob | undefined>((refs) => patiently(() => engine.store.load(refs), patience), {
    maxItems: LOAD_AT_MOST,
  })
  return {
    stage,
    store: engine.store,
    load,
    workflows: {
      version: (tenantId, key, version) => patiently(() => engine.workflows.version(tenantId, key, version), patience),
    },
    record: engine.record,
    claims,
    handlers: watchHandlers(stage.name, config, life, shutdown),
    timeoutMs: config.WORKFLOW_PROCESSING_TIMEOUT,
    observer: engine.observer,
    shutdown,
    workerId: life.instanceId,
    retry: { stage: { maxAttempts: stage.maxAttempts }, environment: environmentPlan(config) },
    maxAutomationFailures: config.MAX_AUTOMATION_FAILURES,
    tools: ({ tenantId, jobId, workflow }) => ({
      blobs: blobsOf(blobs, tenantId),
      catalog: createCatalog(database, tenantId),
      firstSeen: createFirstSeen(database, tenantId, jobId),
      modelTrust: () => modelTrusts(tenantId, workflow),
      logger: life.telemetry.logger.child({ jobId, stage: stage.name }),
    }),
  }
}

const blobsOf = (blobs: Connections['blobs'], tenantId: string): StageBlobs => ({
  read: (ref) => blobs.read(ref),
  put: (bytes, about) => blobs.put(bytes, { tenantId, ...about }),
})

function openConsumer(
  stage: StageDefinition,
  config: StageConfig,
  life: ServiceLife,
  deps: ExecutorDeps,
): StageConsumer {
  const { observer } = life.telemetry
  const onError = (error: Error) => observer.trouble('redis.error', error)
  const redis = openRedis(config.REDIS_URL, 'worker', life.instanceId, onError)
  life.onStop.defer(() => redis.disconnect())
  const work = (delivery: Delivery) => executeDelivery(delivery, deps)
  const ofStage = {
    stage: stage.name,
    concurrency: config.WORKFLOW_NUM_WORKERS ?? stage.concurrency ?? 8,
    limit: stage.limit,
    execute: work,
  }
  const ofQuarantine = {
    stage: quarantineOf(stage.name),
    concurrency: 1,
    execute: (delivery: Delivery) => tellWhatIsHeld(delivery, life.instanceId, () => work(delivery)),
  }
  return createStageConsumer({
    ...(config.STAGELINE_QUARANTINE === '1' ? ofQuarantine : ofStage),
    redis,
    prefix: config.STAGELINE_QUEUE_PREFIX,
    lockMs: config.WORKFLOW_LOCK_TIMEOUT,
    name: life.instanceId,
    onError,
    onMalformed: () => observer.count('malformed_messages', 1, { stage: stage.name }),
  })
}

/** Nothing new; what runs may end; then its signal aborts, and what is unfinished goes back to the queue, recorded. */
async function drain(
  consumer: StageConsumer,
  shutdown: AbortController,
  { STAGELINE_DRAIN_MS: drainMs }: StageConfig,
  life: ServiceLife,
): Promise<void> {
  const reserve = Math.min(5_000, drainMs / 2)
  const abort = setTimeout(() => shutdown.abort(new Error('The worker is stopping')), drainMs - reserve)
  const left = await consumer.close(drainMs)
  clearTimeout(abort)
  if (left > 0) life.fail(new Error(`${left} messages are neither recorded nor given back; another worker gets them`))
}
