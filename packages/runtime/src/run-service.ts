import type { Telemetry } from '@stageline/telemetry'
import { startTelemetry } from '@stageline/telemetry'
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { CommonConfig } from './load-config.ts'
import { ConfigError } from './load-config.ts'
import { Health } from './health.ts'

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
}

/** Beyond draining: the time for closing connections and sending the last telemetry. */
const CLOSING_MS = 4_000

/**
 * A process from start to stop: telemetry, the service itself, then waiting for SIGTERM, SIGINT or the end of the parent,
 * and closing everything in reverse order within one deadline. An error that nobody expected ends the process loudly;
 * what it had in hand goes to another.
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
    logLevel: config.LOG_LEVEL,
    ...(config.OTEL_EXPORTER_OTLP_ENDPOINT ? { otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT } : {}),
  })
  const stop = new AbortController()
  const asked = untilAskedToStop(config, stop)
  const onStop = new AsyncDisposableStack()
  onStop.defer(() => telemetry.shutdown())
  process.on('uncaughtException', (error) => dieLoudly(telemetry, error))
  process.on('unhandledRejection', (error) => dieLoudly(telemetry, error))
  const health = new Health(stop.signal)
  await start(config, { name, instanceId, telemetry, health, onStop, stopping: stop.signal })
  telemetry.logger.info({ instanceId }, 'service started')
  await asked
  setTimeout(
    () => dieLoudly(telemetry, new Error('The service did not stop within its deadline')),
    config.STAGELINE_DRAIN_MS + CLOSING_MS,
  ).unref()
  telemetry.logger.info({ instanceId }, 'service stopping')
  await onStop.disposeAsync()
  process.exit(0)
}

function configOrExit<Config>(name: string, load: Config | (() => Config)): Config {
  try {
    return typeof load === 'function' ? (load as () => Config)() : load
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${name}: ${error.message}\n`)
    process.exit(2)
  }
}

function untilAskedToStop({ STAGELINE_PARENT }: CommonConfig, stop: AbortController): Promise<void> {
  return new Promise((resolve) => {
    const ask = () => {
      stop.abort(new Error('The service is stopping'))
      resolve()
    }
    process.on('SIGTERM', ask)
    process.on('SIGINT', ask)
    if (STAGELINE_PARENT === '1') process.on('disconnect', ask)
  })
}

function dieLoudly({ logger }: Telemetry, error: unknown): never {
  logger.fatal({ err: error }, 'service died')
  process.exit(1)
}
