import type { Telemetry } from '@stageline/telemetry'
import { startTelemetry } from '@stageline/telemetry'
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { CommonConfig } from './load-config.ts'
import { ConfigError } from '@stageline/domain'
import { Health } from './health.ts'
import { shedStartUp } from './shed-start-up.ts'
import { watchEventLoop } from './watch-event-loop.ts'

/** What a service gets to live with. */
export type ServiceLife = {
  name: string
  instanceId: string
  telemetry: Telemetry
  health: Health
  /** What is opened first is closed last; the whole of it has one deadline. */
  onStop: AsyncDisposableStack
  /** Aborts when the service is asked to stop. */
  stopping: AbortSignal
  /** Stops the service in order and has it exit with 1, so that whoever started it starts it again. */
  fail(error: Error): void
}

/** Beyond draining: the time for closing connections and sending the last telemetry. */
const CLOSING_MS = 4_000
/** A process whose event loop was late for more than half of the last 10 s is given no new work. */
const LATE_MS = 5_000

/**
 * A process from start to stop: telemetry, the service itself, then waiting for SIGTERM, SIGINT or the end of the parent,
 * and closing everything in reverse order within one deadline, also when it is still starting. A second signal ends it at
 * once. An error that nobody expected ends the process loudly, and so does an event loop that stands still; what it had
 * in hand goes to another. Exits with 0 when everything in hand was recorded or given back, else with 1.
 */
export async function runService<Config extends CommonConfig>(
  name: string,
  load: Config | (() => Config),
  start: (config: Config, life: ServiceLife) => Promise<void>,
): Promise<void> {
  const config = configOrExit(name, load)
  const instanceId = `${name}@${hostname()}/${process.pid}-${randomUUID().slice(0, 8)}`
  const telemetry = startTelemetry({
    service: name,
    instanceId,
    version: config.STAGELINE_VERSION,
    logLevel: config.LOG_LEVEL,
    hasMetrics: config.ENABLE_WORKFLOW_METRICS,
    ...(config.OTEL_EXPORTER_OTLP_ENDPOINT ? { otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT } : {}),
    traceShare: config.OTEL_TRACES_SAMPLER_ARG,
  })
  const stop = new Stop(telemetry, config)
  const onStop = new AsyncDisposableStack()
  onStop.defer(() => telemetry.shutdown())
  const loop = onStop.use(watchEventLoop({ service: name, stuckLimitMs: config.STAGELINE_STUCK_LIMIT_MS }))
  process.on('uncaughtException', (error) => dieLoudly(telemetry, error))
  process.on('unhandledRejection', (error) => dieLoudly(telemetry, error))
  const health = new Health(stop.signal)
  health.needs('event loop', async () => {
    if (loop.lateMs() > LATE_MS) throw new Error('The event loop is late')
  })
  const fail = (error: Error) => stop.fail(error)
  const life = { name, instanceId, telemetry, health, onStop, stopping: stop.signal, fail }
  const started = start(config, life).then(() => {
    shedStartUp()
    health.begin()
    telemetry.logger.info({ instanceId }, 'service started')
  })
  await Promise.race([started, stop.asked])
  await stop.asked
  // What a start that is still under way opens from now on is closed by the end of the process.
  started.catch(() => undefined)
  telemetry.logger.info({ instanceId }, 'service stopping')
  await onStop.disposeAsync()
  process.exit(stop.exitCode)
}

/** How a process is asked to stop, and what it exits with then. */
class Stop {
  readonly #controller = new AbortController()
  readonly #telemetry: Telemetry
  readonly #limitMs: number
  readonly asked: Promise<void>
  exitCode = 0

  constructor(telemetry: Telemetry, { STAGELINE_DRAIN_MS, STAGELINE_PARENT }: CommonConfig) {
    this.#telemetry = telemetry
    this.#limitMs = STAGELINE_DRAIN_MS + CLOSING_MS
    this.asked = new Promise((resolve) => this.signal.addEventListener('abort', () => resolve(), { once: true }))
    process.on('SIGTERM', () => this.#askedBySignal())
    process.on('SIGINT', () => this.#askedBySignal())
    if (STAGELINE_PARENT === '1') process.on('disconnect', () => this.#ask())
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  fail(error: Error): void {
    this.exitCode = 1
    this.#telemetry.logger.fatal({ err: error }, 'service failed')
    this.#ask()
  }

  #askedBySignal(): void {
    if (this.signal.aborted) dieLoudly(this.#telemetry, new Error('A second signal: the service ends at once'))
    this.#ask()
  }

  #ask(): void {
    if (this.signal.aborted) return
    const late = new Error('The service did not stop within its deadline')
    setTimeout(() => dieLoudly(this.#telemetry, late), this.#limitMs).unref()
    this.#controller.abort(new Error('The service is stopping'))
  }
}

/** The settings of a service; where they are not usable it says so and ends the process with 2. */
export function configOrExit<Config>(name: string, load: Config | (() => Config)): Config {
  try {
    return typeof load === 'function' ? (load as () => Config)() : load
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${name}: ${error.message}\n`)
    process.exit(2)
  }
}

function dieLoudly({ logger }: Telemetry, error: unknown): never {
  logger.fatal({ err: error }, 'service died')
  process.exit(1)
}
