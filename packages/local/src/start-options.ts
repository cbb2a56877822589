import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export type StartOptions = {
  fresh: boolean
  /** Folder of the samples to submit; undefined for none. */
  samples: string | undefined
  once: boolean
  /** The port that was asked for by name; undefined for the first free one from 3000. */
  port: number | undefined
  help: boolean
}

/** The command line is at fault; the message says how. */
export class UsageError extends Error {}

/** Beside the entry, where whoever starts it finds it before anything is installed. */
export const HELP_FILE = new URL('start.help.txt', import.meta.url)

/** @throws UsageError for anything that the help does not list. */
export function parseStartOptions(args: string[], { cwd, samples }: { cwd: string; samples: string }): StartOptions {
  const values = parse(args)
  const given = values.samples === undefined ? samples : resolve(cwd, values.samples)
  return {
    fresh: values.fresh,
    samples: values['no-samples'] ? undefined : given,
    once: values.once,
    port: values.port === undefined ? undefined : parsePort(values.port),
    help: values.help,
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        fresh: { type: 'boolean', default: false },
        samples: { type: 'string' },
        'no-samples': { type: 'boolean', default: false },
        once: { type: 'boolean', default: false },
        port: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port
  throw new UsageError(`--port wants a number from 1 to 65535, got "${text}"`)
}
