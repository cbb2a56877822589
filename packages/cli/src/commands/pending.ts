import type { components } from '@stageline/client'
import { askPages } from '../ask.ts'
import { command, countOption, option, type Context } from '../command.ts'
import { showAge } from '../output/plain-text.ts'
import { table, type Column } from '../output/table.ts'

export type Task = Omit<components['schemas']['Task'], 'corrections'> & {
  corrections: { path: string; from: unknown; to: unknown }[]
}

/** Those that a person can still do something about. */
export const OPEN: Task['state'][] = ['new', 'in_progress', 'blocked']

export const PRIORITIES = ['high', 'medium', 'low'] as const

export type TaskFilter = {
  state?: Task['state'][]
  priority?: (typeof PRIORITIES)[number]
  type?: string
  job?: string
  assignee?: string
}

export const pending = command<{ priority?: (typeof PRIORITIES)[number]; limit: number }>({
  name: 'pending',
  summary: 'What waits for a person',
  about: 'Open tasks, newest first; the same as tasks list without a state.',
  options: [
    option('--priority <level>', 'only these').choices(PRIORITIES),
    countOption('--limit <n>', 'at most so many').default(20),
  ],
  examples: [
    { does: 'All kinds', line: 'stageline pending' },
    { does: 'What is urgent', line: 'stageline pending --priority high' },
    { does: 'A few, for a script', line: 'stageline pending --limit 10 --json' },
  ],
  run: (context, _, { priority, limit }) =>
    showTasks(context, { state: OPEN, ...(priority === undefined ? {} : { priority }) }, limit),
})

const COLUMNS: Column<Task>[] = [
  { title: 'task', of: ({ id }) => id },
  { title: 'title', of: ({ title }) => title, shrinkTo: 14 },
  { title: 'prio', of: ({ priority }) => priority.toFixed(2) },
  { title: 'state', of: ({ state }) => state, shrinkTo: 5 },
  { title: 'held', of: ({ assignee }) => assignee ?? '–', shrinkTo: 4 },
  { title: 'age', of: ({ createdAt }) => showAge(createdAt), align: 'right' },
]

export async function showTasks({ client, out }: Context, filter: TaskFilter, limit: number): Promise<void> {
  const page = await askPages(limit, (paging) =>
    client.http.GET('/v1/tasks', { params: { query: { ...filter, ...paging } } }),
  )
  out.show(page, () => (page.items.length === 0 ? 'Nothing waits' : table(page.items, COLUMNS, out.width)))
  const [first] = page.items
  if (first) out.note(out.paint('dim', `To look at one: stageline tasks show ${first.id}`))
  if (page.next !== null) out.note(out.paint('dim', 'There are more: --limit shows up to 10000'))
}
