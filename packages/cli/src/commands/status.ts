import { command, option, type Context } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { bar } from '../output/progress-line.ts'
import { atRest, isBeingRead, readBatch, untilBatchRests, type Batch } from '../waiting.ts'
import { batchText } from './batch-text.ts'

export const status = command<{ watch?: boolean }>({
  name: 'status',
  summary: 'How far a batch is',
  about:
    'Ends with 1 when a job of the batch failed or was cancelled, or its source could not be read; jobs that wait for a person are no failure. With --watch it stays until no job goes on by itself.',
  arguments: [{ name: '<batch>', about: 'id of the batch, as run and submit say it' }],
  options: [option('--watch', 'stay until no job goes on by itself, with a bar on a terminal')],
  examples: [
    { does: 'Once', line: 'stageline status 019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071' },
    { does: 'With a bar, until all is done', line: 'stageline status 019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071 --watch' },
    { does: 'For a script', line: 'stageline status 019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071 --watch --json' },
  ],
  run: async (context, [id = ''], { watch = false }) => {
    const batch = watch ? await watchBatch(context, id) : await readBatch(context.client, id)
    context.out.show(batch, () => batchText(batch, context.out))
    return outcomeOf(batch)
  },
})

/** Stays with a batch, a bar on the terminal, until it is read and none of its jobs goes on by itself. */
export async function watchBatch({ client, out, signal }: Context, id: string): Promise<Batch> {
  using line = out.progress()
  const since = performance.now()
  let first: number | undefined
  const onLook = (batch: Batch) => {
    first ??= atRest(batch)
    const left = timeLeft(atRest(batch) - first, batch.total - atRest(batch), performance.now() - since)
    line.update((width) => progressText(batch, left, width))
  }
  return await untilBatchRests(client, id, { signal, onLook, again: `stageline status ${id} --watch` })
}

function progressText(batch: Batch, left: string, width: number): string {
  const done = atRest(batch)
  // How many there will be nobody knows before the source is at its end.
  if (isBeingRead(batch)) return `Reading: ${batch.run?.read ?? 0} records, ${batch.total} jobs, ${done} through`
  const tail = `  ${done} of ${batch.total}${left}`
  return `${bar(done, batch.total, Math.max(10, Math.min(40, width - tail.length - 6)))}${tail}`
}

/** By the pace since the watching began. */
function timeLeft(came: number, missing: number, tookMs: number): string {
  if (came < 1 || missing === 0) return ''
  const seconds = Math.ceil((missing * tookMs) / came / 1000)
  return seconds < 90 ? `, about ${seconds} s left` : `, about ${Math.ceil(seconds / 60)} min left`
}

/** 1 where something went wrong for good. */
export const outcomeOf = ({ byState: { failed = 0, cancelled = 0 }, run }: Batch): number =>
  failed + cancelled > 0 || run?.state === 'failed' ? EXIT.failed : EXIT.ok
