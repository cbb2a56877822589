import type { Context } from './command.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-codes.ts'

/** Asks before what cannot be taken back; where nobody can be asked, only `--yes` goes on. @throws CommandError */
export async function confirm({ question }: Context, text: string, { yes }: { yes?: boolean }): Promise<void> {
  if (yes) return
  if (!question) throw new CommandError(`${text} Nobody can be asked here`, { mend: ['Say --yes if you mean it'] })
  const answer = await question(`${text} [y/N] `).catch(() => '')
  if (/^y(es)?$/i.test(answer.trim())) return
  throw new CommandError('Nothing was changed', { code: EXIT.interrupted })
}
