/**
 * The gateway: HTTP in. Submit, look up, act, review; the API reference, the pages and Bull Board behind one check.
 * Owns what the outside sees; knows jobs through the engine and the record through its reading side, and must not know
 * Postgres, Redis or BullMQ.
 */
import { createTargetCheck } from '@stageline/connectors'
import { openGateway, runService, type ServiceLife, untilDone } from '@stageline/runtime'
import type { ApiKeys } from '@stageline/engine/ports'
import { createApp } from './app.ts'
import { bindEngine } from './bind-engine.ts'
import { loadConfig } from './config.ts'
import { isLoopbackName } from './guard/loopback.ts'
import { listen, stopListening } from './listen.ts'

await runService(
  'gateway',
  () => loadConfig(process.env),
  async (config, life) => {
    const opened = openGateway(config, life, {
      boardPath: '/queues',
      bounds: { tenant: config.STAGELINE_MAX_OPEN_JOBS_PER_TENANT, all: config.STAGELINE_MAX_OPEN_JOBS },
    })
    const {
      engine,
      reader,
      writer,
      desk,
      sla,
      figures,
      apiKeys,
      blobs,
      catalog,
      imports,
      sources,
      runs,
      triggers,
      alerts,
      webhooks,
      bulk,
      sniffType,
      acceptedMediaTypes,
      localTenantId,
      isBusy,
    } = opened
    const { logger, quietLogger, metricsHandler, requestTelemetry, currentTraceparent } = life.telemetry
    const { backlog, submitJobs } = opened
    const app = createApp({
      engine: bindEngine({ ...engine, backlog, submitJobs }),
      reader,
      writer,
      desk,
      sla,
      figures,
      workflows: engine.workflows,
      apiKeys,
      blobs,
      catalog,
      imports,
      sources,
      runs,
      triggers,
      alerts,
      webhooks,
      checkTarget: createTargetCheck({ allow: config.STAGELINE_OUTBOUND_ALLOW }),
      bulk,
      sniffType,
      acceptedMediaTypes,
      board: opened.boardRouter,
      stepsOf: opened.stepsOf,
      ...(metricsHandler ? { metrics: metricsHandler } : {}),
      telemetry: requestTelemetry,
      traceparent: () => currentTraceparent() ?? undefined,
      health: life.health,
      log: quietLogger,
      now: () => engine.store.now(),
      stopping: life.stopping,
      isBusy,
      isOpen: openWithKeys(config.HOST, apiKeys, life),
      settings: {
        localTenantId,
        allowedHosts: config.ALLOWED_HOSTS,
        maxDocumentBytes: config.STAGELINE_MAX_DOCUMENT_BYTES,
        maxImportBytes: config.STAGELINE_MAX_IMPORT_BYTES,
        sessionSecret: config.STAGELINE_SESSION_SECRET,
        sessionMs: config.STAGELINE_SESSION_HOURS * 3_600_000,
        trustProxy: config.TRUST_PROXY === '1',
        maxStreamsPerTenant: config.STAGELINE_MAX_STREAMS,
        eventPollMs: 50,
        heartbeatMs: 15_000,
      },
    })
    const { server, port } = await listen(app, { host: config.HOST, port: config.PORT })
    const ending = { lingerMs: config.STAGELINE_GATEWAY_LINGER_MS, withinMs: config.STAGELINE_DRAIN_MS }
    life.onStop.defer(() => stopListening(server, ending))
    logger.info({ host: config.HOST, port }, 'gateway listening')
  },
)

/** Beyond its own machine the gateway answers only after it has seen that there is a key; without one it ends. */
function openWithKeys(host: string, { any }: Pick<ApiKeys, 'any'>, life: ServiceLife): () => boolean {
  let isOpen = isLoopbackName(host)
  if (isOpen) return () => true
  life.health.needs('api keys', async () => {
    if (!isOpen) throw new Error('Not known yet')
  })
  const none = new Error(`There is no API key: make one before HOST may be ${host} instead of 127.0.0.1`)
  void untilDone(any, life).then((found) => (found === false ? life.fail(none) : (isOpen = found === true)))
  return () => isOpen
}
