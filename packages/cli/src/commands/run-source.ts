import type { components } from '@stageline/client'
import { ask } from '../ask.ts'
import type { Context } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { EXIT } from '../exit-codes.ts'
import { withoutGaps } from '../without-gaps.ts'
import { batchText } from './batch-text.ts'
import { outcomeOf, watchBatch } from './status.ts'
import { forcedRoute, type RunOptions } from './run-options.ts'

/** Has the line make a batch of the records of a source, and stays for as long as that is asked for. @throws CommandError */
export async function runSource(context: Context, source: string, options: RunOptions): Promise<number> {
  const { client, out } = context
  const header = withoutGaps({ 'Idempotency-Key': options.idempotencyKey })
  const begun = await ask(client.http.POST('/v1/batches', { body: wishOf(source, options), params: { header } }))
  const isFollowed = options.wait === true || options.dryRun === true
  const batch = isFollowed ? await watchBatch(context, begun.id) : begun
  out.show(batch, () => batchText(batch, out))
  if (!isFollowed) out.note(out.paint('dim', `To follow: stageline status ${batch.id} --watch`))
  return isFollowed ? outcomeOf(batch) : EXIT.ok
}

function wishOf(source: string, options: RunOptions): components['schemas']['RunBatch'] {
  const { workflow, name, limit, priorityThreshold: minPriority, where, all, dryRun = false } = options
  return {
    source,
    workflow,
    dryRun,
    filter: withoutGaps({ minPriority, equals: where && Object.fromEntries(where.map(columnAndValue)) }),
    ...withoutGaps({ name, limit, force: forcedRoute(options), onlyNew: all ? false : undefined }),
  }
}

function columnAndValue(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new CommandError(`--where ${text}: no column and value`, { mend: ["Write it like --where 'maker=Nexar'"] })
}
