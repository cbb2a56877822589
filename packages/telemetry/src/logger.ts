import type { Level as AnyLevel } from 'pino'
import pino from 'pino'
import { guardFields } from './guard-fields.ts'
import type { Level } from './names.ts'

export type LogLevel = AnyLevel | 'silent'

/** A line is a constant message and fields; see `docs/events.md` for what may stand in them. */
export type Logger = Record<Level, (fields: object, message: string) => void> & { child(fields: object): Logger }

export type LoggerOptions = {
  service: string
  level: LogLevel
  /** Default: standard output, written synchronously, so that a dying process loses nothing. */
  destination?: LogDestination | undefined
  /** Fields of the moment, such as the id of the trace; asked for at every line. */
  mixin: () => Record<string, string>
}

export type LogDestination = { write(line: string): void }

/**
 * Children share the root: they differ in their fields only, so that a changed level holds for them too.
 */
export function createLogger({ service, level, destination, mixin }: LoggerOptions) {
  const options: pino.LoggerOptions = {
    level,
    base: { service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin,
  }
  const root = destination ? pino(options, destination) : pino(options)
  const setLevel = (next: LogLevel) => void (root.level = next)
  return { logger: loggerOver(root, {}), setLevel }
}

function loggerOver(root: pino.Logger, bound: object): Logger {
  const at = (level: Level) => (fields: object, message: string) => {
    if (root.isLevelEnabled(level)) root[level]({ ...bound, ...guardFields(fields) }, message)
  }
  return {
    fatal: at('fatal'),
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    child: (fields) => loggerOver(root, { ...bound, ...guardFields(fields) }),
  }
}
