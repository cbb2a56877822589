import { createClient } from '@stageline/client'
import { CommanderError } from 'commander'
import type { Command, Context } from './command.ts'
import { askPerson } from './confirm.ts'
import { findConnection } from './connection.ts'
import { EXIT } from './exit-codes.ts'
import { explain, type Explanation } from './explain.ts'
import { createOutput } from './output/output.ts'
import { createProgram, type Asked, type GlobalOptions } from './program.ts'

type Process = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr' | 'env' | 'cwd' | 'on' | 'exit'>

/** From a command line to its exit code. */
export async function runCli(args: readonly string[], process: Process): Promise<number> {
  const { stdout, stderr } = process
  endWithReader(process)
  let code: number = EXIT.ok
  const program = createProgram(
    async (command, asked) => {
      code = await runCommand(command, asked, process)
    },
    {
      out: (text) => void stdout.write(text),
      err: (text) => void stderr.write(text),
      width: Math.min(stdout.columns || 80, 100),
    },
  )
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  }
}

async function runCommand(command: Command, { given, options, globals }: Asked, process: Process): Promise<number> {
  let url = ''
  try {
    const connection = findConnection(globals.url, process.env)
    url = connection.url
    const context = createContext(connection, globals, process)
    return (await command.run(context, given, options)) ?? EXIT.ok
  } catch (error) {
    const explanation = explain(error, url)
    if (explanation === undefined) throw error
    process.stderr.write(`${tell(explanation)}\n`)
    return explanation.code
  }
}

function createContext(
  { url, apiKey }: ReturnType<typeof findConnection>,
  { json = false, color }: GlobalOptions,
  process: Process,
): Context {
  const { stdin, stdout, stderr, env } = process
  const out = createOutput({ stdout, stderr, env }, { json, color })
  const signal = interrupted(process)
  return {
    client: createClient({ baseUrl: url, ...(apiKey === undefined ? {} : { apiKey }) }),
    url,
    out,
    // npm changes to the checkout; INIT_CWD is where somebody typed a relative path.
    source: { stdin, cwd: env.npm_lifecycle_event === 'stageline' ? (env.INIT_CWD ?? process.cwd()) : process.cwd() },
    question:
      stdin.isTTY && stderr.isTTY ? (text) => askPerson(text, { input: stdin, output: stderr, signal }) : undefined,
    signal,
  }
}

const tell = ({ message, where, mend }: Explanation): string =>
  [`stageline: ${message}`, ...(where === undefined ? [] : [`  ${where}`]), ...mend.map((line) => `  ${line}`)].join(
    '\n',
  )

/** A terminal sends Ctrl-C to npx and to us, and npx passes its own on to us: what comes this close together is one. */
const SAME_SIGNAL_MS = 1_000

/** The first Ctrl-C ends the waiting in good order, the second at once. */
function interrupted(process: Process): AbortSignal {
  const stopping = new AbortController()
  let lastAt = -Infinity
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (performance.now() - lastAt < SAME_SIGNAL_MS) return
      lastAt = performance.now()
      if (stopping.signal.aborted) process.exit(EXIT.interrupted)
      stopping.abort()
    })
  }
  return stopping.signal
}

/** `stageline … | head`: who reads no further wants no more. */
function endWithReader({ stdout, exit }: Process): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    exit(EXIT.ok)
  })
}
