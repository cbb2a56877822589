/**
 * Happenings to log lines, spans and metrics: what the engine and the services tell becomes pino lines, OpenTelemetry
 * spans and Prometheus text here and nowhere else. Owns every name that is seen from outside (`names.ts`,
 * `docs/events.md`) and the guard that keeps content and secrets out of them. Must not know what a stage does, nor
 * Postgres, Redis or BullMQ.
 */
export type { Logger, LogDestination, LogLevel } from './logger.ts'
export type { Reading } from './metrics.ts'
export type { RequestTelemetry } from './request-telemetry.ts'
export { startTelemetry, type Telemetry, type TelemetryOptions } from './start-telemetry.ts'
