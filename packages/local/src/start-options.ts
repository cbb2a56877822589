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

export const HELP = `Starts the whole line on this machine: Postgres and Redis of its own (unless DATABASE_URL and REDIS_URL name
yours), every service as a process, and the samples of this repository on their way through.

Usage: npm start -- [options]

  --port N        port of the pages and the API (default: 3000 or the next free one)
  --samples DIR   submit what is in DIR instead: as its samples.json says, or every file as a document
  --no-samples    submit nothing
  --once          end when the samples are through; exit code 0 only if each ended as expected
  --fresh         begin with an empty record: deletes all data of this checkout first
  --help          show this

Data, logs and the API key are in .stageline/ and are kept between starts. Ctrl-C stops everything.

Examples:
  npm start
  npm start -- --once
  npm start -- --fresh --samples ~/invoices --port 8080
  DATABASE_URL=postgres://me:secret@db/stageline REDIS_URL=redis://cache npm start -- --no-samples
`

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
