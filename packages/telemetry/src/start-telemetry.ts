import type { IncomingMessage, ServerResponse } from 'node:http'
import type { LogDestination, Logger, LogLevel } from './logger.ts'
import { createLogger } from './logger.ts'
import type { GaugeName, Read, ServedMetrics } from './metrics.ts'
import { createMetrics, NO_METRICS } from './metrics.ts'
import type { Observer } from '@stageline/domain'
import { createObserver } from './observer.ts'
import { quietLogger } from './quiet-logger.ts'
import type { RequestTelemetry } from './request-telemetry.ts'
import { createRequestTelemetry } from './request-telemetry.ts'
import { TraceContext } from './trace-context.ts'
import { passThrough, startTracing } from './tracing.ts'
import { TroubleLimiter } from './trouble.ts'
import { watchProcess } from './watch-process.ts'

export type TelemetryOptions = {
  /** Name of the service, such as `extraction`. */
  service: string
  version?: string
  logLevel: LogLevel
  /** Base address of an OTLP/HTTP receiver; traces are made and sent only where it is given. */
  otlpEndpoint?: string
  /** The share of jobs and requests that are traced, where whoever sends them does not say: 0 to 1. Default 1. */
  traceShare?: number
  /** `false`: nothing is counted, and there is no `metricsHandler`. Default true. */
  hasMetrics?: boolean
  /** Tells this process from others of the same service. */
  instanceId: string
  /** Default: standard output. */
  logDestination?: LogDestination
}

export type Telemetry = {
  logger: Logger
  /** The same, but equal error lines are written at most once a second, with their `count`. */
  quietLogger: Logger
  observer: Observer
  /** Answers `GET /metrics`. */
  metricsHandler: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  /** Middleware for an HTTP service, mounted before everything else. */
  requestTelemetry: RequestTelemetry
  /** W3C `traceparent` of the work in hand; without a collector the one that it came with, or `null`. */
  currentTraceparent(): string | null
  /**
   * Adds a gauge that is read at each scrape.
   * @param read values with their labels, which must have few values and never be ids; if it throws, the others are
   *   answered all the same and the trouble is told
   */
  observeGauge(name: GaugeName, read: Read): void
  setLogLevel(level: LogLevel): void
  /** Writes and sends what is left; takes 2 s at most and never rejects. */
  shutdown(): Promise<void>
}

/** The eyes of one process: its log, its metrics and, where a collector is given, its spans. */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const { service, version = '0.0.0', instanceId, otlpEndpoint, traceShare: share = 1, hasMetrics = true } = options
  const context = new TraceContext()
  const { logger, setLevel } = createLogger({
    service,
    level: options.logLevel,
    destination: options.logDestination,
    mixin: () => traceField(context),
  })
  const troubles = new TroubleLimiter()
  const onReadFailed = (error: unknown) => observer.trouble('telemetry.gauge_failed', error)
  const served = hasMetrics ? createMetrics({ onReadFailed }) : undefined
  const metrics = served ?? NO_METRICS
  const onExportFailed = (error: unknown) => observer.trouble('telemetry.export_failed', error)
  const tracing = otlpEndpoint
    ? startTracing({ service, version, instanceId, endpoint: otlpEndpoint, share, onExportFailed })
    : passThrough
  const deps = { logger, metrics, tracing, context, troubles, instanceId }
  const observer = createObserver(deps)
  const watched = hasMetrics ? watchProcess(metrics, { service, version }) : undefined
  return {
    logger,
    quietLogger: quietLogger(logger, troubles),
    observer,
    metricsHandler: served && ((_request, response) => void answer(served, response, observer)),
    requestTelemetry: createRequestTelemetry(deps),
    currentTraceparent: () => context.get().traceparent,
    observeGauge: metrics.observeGauge,
    setLogLevel: setLevel,
    shutdown: async () => {
      await tracing.shutdown()
      watched?.[Symbol.dispose]()
      troubles[Symbol.dispose]()
    },
  }
}

function traceField(context: TraceContext): Record<string, string> {
  const { traceId } = context.get()
  return traceId ? { traceId } : {}
}

async function answer(metrics: ServedMetrics, response: ServerResponse, observer: Observer): Promise<void> {
  try {
    await metrics.answer(response)
  } catch (error) {
    observer.trouble('telemetry.metrics_failed', error)
    response.writeHead(500).end()
  }
}
