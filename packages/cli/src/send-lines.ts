import type { BulkLine, BulkResult } from '@stageline/client'
import type { Context } from './command.ts'
import { CommandError } from './command-error.ts'
import { batchText } from './commands/batch-text.ts'
import { outcomeOf, watchBatch } from './commands/status.ts'
import { EXIT } from './exit-codes.ts'
import { exitCodeOf } from './explain.ts'
import { memberText } from './output/plain-text.ts'
import { facts, table } from './output/table.ts'
import type { Batch } from './waiting.ts'

/** As many as one request may have. */
const MOST_LINES = 10_000
/** As many refused lines as a person reads. */
const SHOWN = 20

export type Sending = { name?: string; idempotencyKey?: string; wait?: boolean }
type Sent = { batchId: string; accepted: number; refused: BulkResult[] }

/** Submits lines as one batch, says what came of them, and waits for their end where that is asked for. */
export async function sendLines(
  context: Context,
  lines: readonly BulkLine[],
  { wait = false, ...about }: Sending,
): Promise<number> {
  if (lines.length > MOST_LINES) {
    throw new CommandError(`${lines.length} records are more than the ${MOST_LINES} that one batch takes`, {
      mend: [`Send the first with --limit ${MOST_LINES}, or divide the file`],
    })
  }
  const sent = await send(context, lines, about)
  const batch = wait && sent.accepted > 0 ? await watchBatch(context, sent.batchId) : undefined
  context.out.show({ ...sent, ...(batch ? { batch } : {}) }, () => sentText(sent, batch, context))
  const refusal = sent.refused.map(({ status }) => exitCodeOf(status))[0]
  return refusal ?? (batch ? outcomeOf(batch) : EXIT.ok)
}

async function send(
  { client, out, signal }: Context,
  lines: readonly BulkLine[],
  about: Pick<Sending, 'name' | 'idempotencyKey'>,
): Promise<Sent> {
  using line = out.progress()
  const sent: Sent = { batchId: '', accepted: 0, refused: [] }
  for await (const result of client.submitBulk(lines, { ...about, onBatch: (id) => (sent.batchId = id) })) {
    if (result.status < 300) sent.accepted += 1
    else sent.refused.push(result)
    line.update(() => `Sending: ${result.line} of ${lines.length}`)
    if (signal.aborted) throw stoppedSending(sent)
  }
  return sent
}

const stoppedSending = ({ batchId, accepted }: Sent): CommandError =>
  new CommandError(`Stopped sending; at least ${accepted} are accepted and go on`, {
    code: EXIT.interrupted,
    mend: [`To look: stageline status ${batchId}`],
  })

function sentText({ batchId, accepted, refused }: Sent, batch: Batch | undefined, { out }: Context): string {
  const columns = [
    { title: 'line', of: ({ line }: BulkResult) => String(line), align: 'right' as const },
    { title: 'why', of: whyRefused, shrinkTo: 20 },
  ]
  const more = refused.length > SHOWN ? `\n… and ${refused.length - SHOWN} more: --json has all` : ''
  const refusedText = `\n\nNot taken:\n${table(refused.slice(0, SHOWN), columns, out.width)}${more}`
  const accept = facts([
    ['batch', batchId],
    ['accepted', `${accepted} of ${accepted + refused.length}`],
  ])
  const follow = out.paint('dim', `To follow: stageline status ${batchId} --watch`)
  return `${batch ? batchText(batch, out) : `${accept}\n${follow}`}${refused.length > 0 ? refusedText : ''}`
}

function whyRefused({ status, problem }: BulkResult): string {
  const { detail, title, code, errors }: Record<string, unknown> = Object(problem)
  const [first]: { pointer?: unknown; detail?: unknown }[] = Array.isArray(errors) ? errors : []
  const place = first === undefined ? '' : ` (${memberText(first.pointer)}: ${memberText(first.detail)})`
  return `${status} ${memberText(code)} ${memberText(detail ?? title)}${place}`
}
