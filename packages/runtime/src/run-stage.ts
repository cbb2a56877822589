import { jsonSchemaOf, quarantineOf } from '@stageline/domain'
import type { ExecutorDeps, StageDefinition } from '@stageline/engine'
import { Claims, executeDelivery, gather, patiently, RecentJobs, StagesHere } from '@stageline/engine'
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
  await runStages(stage.name, [stage], config)
}

/**
 * Runs the workers of several stages in one process, each as {@link runStage} does. They share its connections, what they load
 * and record travels in common statements, and quick steps that follow each other are worked in one go and recorded in one
 * commit: a stage is quick whose handler gives its output without a promise, calls nothing outside and shares messages
 * (`bundle`). A stage that needs many processors, may take its process down, or is scaled apart from the others belongs into
 * a process of its own. Under load of many small steps, Node spends a tenth less with `--max-semi-space-size=64`.
 *
 * @param name of the process in logs, metrics and traces
 * @example
 * await runStages('quick', [classifyStage(), scoreStage()], () => loadStageConfig(process.env))
 */
export async function runStages(
  name: string,
  stages: readonly StageDefinition[],
  config: StageConfig | (() => StageConfig),
): Promise<void> {
  await runService(name, config, (loaded, life) => startStages(stages, loaded, life))
}

async function startStages(stages: readonly StageDefinition[], config: StageConfig, life: ServiceLife): Promise<void> {
  const { onStop } = life
  const quarantined = config.STAGELINE_QUARANTINE
  const here = stages
    .filter(({ name }) => quarantined === '' || name === quarantined)
    .map((stage) => withPace(stage, config))
  if (quarantined === '') await serveHealth(config, life)
  const paced = here.filter(({ limit }) => limit).map(({ name }) => name)
  const shared = openShared(here, config, life, connect(config, 'worker', life, paced))
  const working = here.map((stage) => openStage(stage, config, life, shared))
  onStop.defer(() => drain(working, shared.shutdown, config, life))
  // Before any is published: it may be stopped before it has begun to work.
  onStop.defer(async () => void (await Promise.all(working.map(({ mind }) => mind.leave()))))
  await Promise.all(working.map((one) => beginStage(one, config, life, shared)))
}

/** A pace counts messages: each carries one step then. */
function withPace(stage: StageDefinition, { STAGELINE_LIMIT }: StageConfig): StageDefinition {
  const limit = STAGELINE_LIMIT ?? stage.limit
  return limit ? { ...stage, limit, bundle: 1 } : stage
}

/** What the stages of a process have in common: connections, and the statements that load and record. */
function openShared(
  stages: readonly StageDefinition[],
  config: StageConfig,
  life: ServiceLife,
  connections: ReturnType<typeof connect>,
) {
  const { engine, database } = connections
  const shutdown = new AbortController()
  const patience = { observer: engine.observer, signal: shutdown.signal }
  const load = gather<StepRef, LoadedJob | undefined>((refs) => patiently(() => engine.store.load(refs), patience), {
    maxItems: LOAD_AT_MOST,
  })
  const claims = new Claims({ record: engine.record, store: engine.store, worker: life.instanceId })
  life.onStop.use(claims)
  // Where one stage is worked, jobs do not come back.
  const recent = stages.length > 1 ? new RecentJobs({ stages: new Set(stages.map(({ name }) => name)) }) : undefined
  // What has crashed before is worked alone.
  const here = stages.length > 1 && config.STAGELINE_QUARANTINE === '' ? new StagesHere() : undefined
  return { ...connections, shutdown, patience, load, recent, here, claims, modelTrusts: createModelTrusts(database) }
}
type Shared = ReturnType<typeof openShared>

function openStage(stage: StageDefinition, config: StageConfig, life: ServiceLife, shared: Shared) {
  const mind = mindStage(stage.name, config, shared, life)
  const deps = { ...executorDeps(stage, config, life, shared), gate: mind.gate }
  shared.here?.add(deps)
  const consumer = openConsumer(stage, config, life, deps)
  if (config.STAGELINE_QUARANTINE === '') openQuarantine(stage.name, config, life, { connections: shared, consumer })
  return { stage, mind, consumer }
}
type Working = ReturnType<typeof openStage>

async function beginStage(
  { stage, mind, consumer }: Working,
  config: StageConfig,
  life: ServiceLife,
  shared: Shared,
): Promise<void> {
  const queue = config.STAGELINE_QUARANTINE === '' ? stage.name : quarantineOf(stage.name)
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
  await untilDone(() => shared.stages.register(described, worker), life)
  await shared.redisFit
  if (life.stopping.aborted) return
  await mind.start(consumer, shared.claims)
  watchFetching(consumer, { queue, limitMs: config.STAGELINE_FETCH_LIMIT_MS }, shared, life)
}

const watchFetching = (
  consumer: StageConsumer,
  { queue, limitMs }: { queue: string; limitMs: number },
  { queue: messages }: Pick<Shared, 'queue'>,
  life: ServiceLife,
): void =>
  watchProgress(life, {
    name: 'fetching',
    mark: consumer.lastFetchedAt,
    isExpected: async () =>
      !consumer.isPaused() &&
      consumer.refusal() === undefined &&
      consumer.hasRoom() &&
      (await messages.fetchable(queue)) > 0,
    limitMs,
  })

function executorDeps(
  stage: StageDefinition,
  config: StageConfig,
  life: ServiceLife,
  { engine, database, blobs, shutdown, patience, load, recent, here, claims, modelTrusts }: Shared,
): ExecutorDeps {
  return {
    stage,
    store: engine.store,
    load,
    ...(recent ? { recent } : {}),
    ...(here ? { here } : {}),
    workflows: {
      version: (tenantId, key, version) => patiently(() => engine.workflows.version(tenantId, key, version), patience),
    },
    record: engine.record,
    claims,
    handlers: watchHandlers(stage.name, config, life, shutdown.signal),
    timeoutMs: config.WORKFLOW_PROCESSING_TIMEOUT,
    observer: engine.observer,
    shutdown: shutdown.signal,
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

const blobsOf = (blobs: Shared['blobs'], tenantId: string): StageBlobs => ({
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
    ...(config.STAGELINE_QUARANTINE === '' ? ofStage : ofQuarantine),
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
  working: readonly Working[],
  shutdown: AbortController,
  { STAGELINE_DRAIN_MS: drainMs }: StageConfig,
  life: ServiceLife,
): Promise<void> {
  const reserve = Math.min(5_000, drainMs / 2)
  const abort = setTimeout(() => shutdown.abort(new Error('The worker is stopping')), drainMs - reserve)
  const left = await Promise.all(working.map(({ consumer }) => consumer.close(drainMs)))
  clearTimeout(abort)
  const all = left.reduce((sum, one) => sum + one, 0)
  if (all > 0) life.fail(new Error(`${all} messages are neither recorded nor given back; another worker gets them`))
}
