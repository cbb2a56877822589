import { ApiProblem } from '@stageline/client'
import { openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { Context } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { explain } from '../explain.ts'
import { cannotRead } from '../input/read-text.ts'
import { withoutGaps } from '../without-gaps.ts'
import type { Submitted } from './show-submitted.ts'
import type { SubmitOptions } from './submit.ts'

/** Uploads documents one after the other; one that is refused does not stop the others. */
export async function submitFiles(
  context: Context,
  files: readonly string[],
  { tag: tags, idempotencyKey: key, workflow, priority, businessKey }: SubmitOptions,
): Promise<Submitted[]> {
  const { client, out, signal, source } = context
  await Promise.all(files.map((file) => requireFile(file, source.cwd)))
  const submitted: Submitted[] = []
  using line = out.progress()
  for (const [at, file] of files.entries()) {
    if (signal.aborted) break
    line.update(() => `Sending ${at + 1} of ${files.length}: ${basename(file)}`)
    const idempotencyKey = key === undefined || files.length === 1 ? key : `${key}/${at + 1}`
    const content = await openAsBlob(resolve(source.cwd, file))
    const about = withoutGaps({ workflow, priority, businessKey, tags, idempotencyKey })
    try {
      const { id } = await client.submitDocument({ content, fileName: basename(file) }, about)
      submitted.push({ what: file, id })
    } catch (error) {
      submitted.push({ what: file, problem: refusalOf(error, context, submitted) })
    }
  }
  return submitted
}

async function requireFile(file: string, cwd: string): Promise<void> {
  const found = await stat(resolve(cwd, file)).catch((error: unknown) => cannotRead(file, error))
  if (!found.isFile()) throw new CommandError(`${file} is no file`, { mend: ['Name the files in it'] })
}

/** @throws the error, where it would meet the next document too; what was taken before is said */
function refusalOf(error: unknown, { out, url }: Context, taken: readonly Submitted[]): Submitted['problem'] & object {
  if (error instanceof ApiProblem && error.status < 500 && ![401, 403, 429].includes(error.status)) {
    return { status: error.status, code: error.code, message: explain(error, url)?.message ?? error.message }
  }
  for (const { what, id } of taken) if (id !== undefined) out.note(`Accepted before: ${what} as job ${id}`)
  throw error
}
