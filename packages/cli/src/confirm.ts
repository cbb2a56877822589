import { createInterface } from 'node:readline/promises'
import type { Context } from './command.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-codes.ts'

/** Asks before what cannot be taken back; where nobody can be asked, only `--yes` goes on. @throws CommandError */
export async function confirm(
  { question }: Pick<Context, 'question'>,
  text: string,
  { yes }: { yes?: boolean },
): Promise<void> {
  if (yes) return
  if (!question) throw new CommandError(`${text} Nobody can be asked here`, { mend: ['Say --yes if you mean it'] })
  const answer = await question(`${text} [y/N] `).catch(() => '')
  if (/^y(es)?$/i.test(answer.trim())) return
  throw new CommandError('Nothing was changed', { code: EXIT.interrupted })
}

type Asking = { input: NodeJS.ReadableStream; output: NodeJS.WritableStream; signal: AbortSignal }

/** What somebody types on a line. @throws the abort at Ctrl-C */
export async function askPerson(text: string, { input, output, signal }: Asking): Promise<string> {
  // Not as a terminal: Ctrl-C then comes as a signal, here too.
  using terminal = createInterface({ input, output, terminal: false })
  return await terminal.question(text, { signal })
}
