import type { components } from '@stageline/client'
import { ask, askPages } from '../ask.ts'
import { command, countOption, option, type Command, type Context } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import type { Output } from '../output/output.ts'
import { showAge, showTime } from '../output/plain-text.ts'
import { bar } from '../output/progress-line.ts'
import { facts, table, type Column } from '../output/table.ts'
import { lookUntil } from '../waiting.ts'

type BulkAction = components['schemas']['BulkAction']

const EXAMPLE = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60d1'
const ACTION = [{ name: '<id>', about: 'id of the bulk action' }] as const
const path = (id: string) => ({ params: { path: { id } } })

const COLUMNS: Column<BulkAction>[] = [
  { title: 'bulk action', of: ({ id }) => id },
  { title: 'does', of: ({ kind }) => kind },
  { title: 'state', of: ({ state }) => state },
  { title: 'jobs', of: ({ total }) => String(total), align: 'right' },
  { title: 'done', of: ({ done }) => String(done), align: 'right' },
  { title: 'by', of: ({ actor }) => actor, shrinkTo: 6 },
  { title: 'age', of: ({ createdAt }) => showAge(createdAt), align: 'right' },
]

const listBulk = command<{ limit: number }>({
  name: 'bulk list',
  summary: 'List what was done to many jobs at once, newest first',
  options: [countOption('--limit <n>', 'at most so many').default(20)],
  examples: [{ does: 'The latest', line: 'stageline bulk list' }],
  run: async ({ client, out }, _, { limit }) => {
    const page = await askPages(limit, (query) => client.http.GET('/v1/bulk-actions', { params: { query } }))
    out.show(page, () => (page.items.length === 0 ? 'There is none' : table(page.items, COLUMNS, out.width)))
  },
})

const showBulk = command<{ watch?: boolean }>({
  name: 'bulk show',
  summary: 'How far an action on many jobs is',
  arguments: ACTION,
  options: [option('--watch', 'stay until it is through, with a bar on a terminal')],
  examples: [
    { does: 'Once', line: `stageline bulk show ${EXAMPLE}` },
    { does: 'With a bar, until it is through', line: `stageline bulk show ${EXAMPLE} --watch` },
  ],
  run: async (context, [id = ''], { watch = false }) => {
    const action = watch ? await watchBulk(context, id) : await readBulk(context, id)
    context.out.show(action, () => bulkText(action, context.out))
    return outcomeOfBulk(action)
  },
})

const stopBulk = command({
  name: 'bulk stop',
  summary: 'Change no further job; what was done stays',
  arguments: ACTION,
  examples: [{ does: 'Stop it', line: `stageline bulk stop ${EXAMPLE}` }],
  run: async ({ client, out }, [id = '']) => {
    const action = await ask(client.http.POST('/v1/bulk-actions/{id}:stop', path(id)))
    out.show(action, () => bulkText(action, out))
  },
})

export const BULK_COMMANDS: readonly Command[] = [listBulk, showBulk, stopBulk]

const readBulk = ({ client }: Pick<Context, 'client'>, id: string): Promise<BulkAction> =>
  ask(client.http.GET('/v1/bulk-actions/{id}', path(id)))

/** Stays until it has ended, a bar on the terminal. */
export async function watchBulk(context: Context, id: string): Promise<BulkAction> {
  const { out, signal } = context
  using line = out.progress()
  return await lookUntil(
    { signal, again: `stageline bulk show ${id} --watch` },
    () => readBulk(context, id),
    (action) => {
      line.update((width) => progressText(action, width))
      return action.finishedAt !== null
    },
  )
}

function progressText(action: BulkAction, width: number): string {
  const { chosenAt, total, done, skipped, failed, etaAt } = action
  if (chosenAt === null) return `${total} jobs chosen so far`
  const through = done + skipped + failed
  const seconds = etaAt === null ? undefined : Math.max(1, Math.ceil((Date.parse(etaAt) - Date.now()) / 1000))
  const tail = `  ${through} of ${total}${seconds === undefined ? '' : `, about ${seconds} s left`}`
  return `${bar(through, total, Math.max(10, Math.min(40, width - tail.length - 6)))}${tail}`
}

/** 1 where it failed, or a job did. */
export const outcomeOfBulk = ({ state, failed }: BulkAction): number =>
  state === 'failed' || failed > 0 ? EXIT.failed : EXIT.ok

export function bulkText(action: BulkAction, { paint }: Output): string {
  const { id, kind, state, actor, createdAt, total, done, skipped, failed, reasons, error, stoppedBy } = action
  const text = facts([
    ['bulk action', id],
    ['does', `${kind}${action.reason === null ? '' : `: ${action.reason}`}`],
    ['by', `${actor}, ${showTime(createdAt)}`],
    ['state', stoppedBy === null ? state : `${state}, by ${stoppedBy}`],
    ['jobs', String(total)],
    ['  done', String(done)],
    ['  skipped', String(skipped)],
    ['  failed', String(failed)],
    ...Object.entries(reasons).map(([code, jobs]) => [`    ${code}`, String(jobs)] as const),
    ['error', error && `${error.code}: ${error.message}`],
  ])
  const hint = `What came of each job: GET /v1/bulk-actions/${id}/result`
  return skipped + failed > 0 ? `${text}\n${paint('dim', hint)}` : text
}
