import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandFailed } from './run-command.ts'
import { runLine } from './run-line.ts'
import { HELP_FILE, parseStartOptions, UsageError } from './start-options.ts'
import { stopSignal } from './stop-signal.ts'

/**
 * `npm start` of a checkout, from its command line to its exit code: 0 when it was stopped or all samples ended as
 * expected, 1 when something failed, 2 for a wrong command line, 130 when it was stopped before it was up.
 */
export async function runStart(root: string, args: string[]): Promise<number> {
  const hurry = new AbortController()
  const signal = stopSignal(() => hurry.abort())
  try {
    // npm changes to the checkout; INIT_CWD is where somebody typed a relative path.
    const options = parseStartOptions(args, {
      cwd: process.env.INIT_CWD ?? process.cwd(),
      samples: join(root, 'examples/samples'),
    })
    if (!options.help) return await runLine(options, { root, env: process.env, signal, hurry: hurry.signal })
    process.stdout.write(await readFile(HELP_FILE, 'utf8'))
    return 0
  } catch (error) {
    return signal.aborted ? 130 : explain(error)
  }
}

function explain(error: unknown): number {
  const forPeople = error instanceof Error && (error.constructor === Error || error instanceof CommandFailed)
  if (error instanceof UsageError) console.error(`${error.message}\nnpm start -- --help shows what there is`)
  else console.error(forPeople ? error.message : error)
  return error instanceof UsageError ? 2 : 1
}
