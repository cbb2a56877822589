import { ask } from '../ask.ts'
import { command, countOption, option, type Command, type Context } from '../command.ts'
import { showTime } from '../output/plain-text.ts'
import { withoutGaps } from '../without-gaps.ts'
import { OPEN, PRIORITIES, showTasks, type Task, type TaskFilter } from './pending.ts'
import { resolveTask } from './resolve-task.ts'
import { foundFields, taskText } from './task-text.ts'

const EXAMPLE = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6072'
const TASK = [{ name: '<id>', about: 'id of the task' }] as const

type ListOptions = Omit<TaskFilter, 'state'> & { state?: string; limit: number }

const listTasks = command<ListOptions>({
  name: 'tasks list',
  summary: 'List work for people, newest first',
  options: [
    option(
      '--state <states>',
      'these, separated by commas, instead of the open ones: new, in_progress, blocked, completed, cancelled',
    ),
    option('--priority <level>', 'only these').choices(PRIORITIES),
    option('--type <name>', 'only tasks of this type'),
    option('--job <id>', 'only tasks of this job'),
    option('--batch <id>', 'only tasks about jobs of this batch'),
    option('--fallback', 'only what automation was given and gave up'),
    option('--assignee <name>', 'only tasks that are held by'),
    countOption('--limit <n>', 'at most so many').default(20),
  ],
  examples: [
    { does: 'What is open', line: 'stageline tasks list' },
    { does: 'What Alice holds', line: 'stageline tasks list --assignee alice' },
    { does: 'What automation gave up of a batch', line: `stageline tasks list --batch ${EXAMPLE} --fallback` },
    { does: 'What was settled', line: 'stageline tasks list --state completed --limit 100 --json' },
  ],
  run: (context, _, { limit, state, ...same }) => {
    // The states are checked by the line, which names those that there are.
    const states = state === undefined ? OPEN : (state.split(',') as Task['state'][])
    return showTasks(context, { ...same, state: states }, limit)
  },
})

const showTask = command({
  name: 'tasks show',
  summary: 'Show a task: why it waits, and what was found so far',
  arguments: TASK,
  examples: [
    { does: 'For reading', line: `stageline tasks show ${EXAMPLE}` },
    { does: 'With all its evidence', line: `stageline tasks show ${EXAMPLE} --json` },
  ],
  run: async ({ client, out, url }, [id = '']) => {
    const task = await ask(client.http.GET('/v1/tasks/{id}', { params: { path: { id } } }))
    const fields = await foundFields(client, task)
    out.show(task, () => taskText(task, fields, { out, url }))
  },
})

const claimTask = command<{ lease?: number }>({
  name: 'tasks claim',
  summary: 'Take a task, so that nobody else settles it meanwhile',
  arguments: TASK,
  options: [countOption('--lease <minutes>', 'for so long; without it 15', 480)],
  examples: [
    { does: 'For a quarter of an hour', line: `stageline tasks claim ${EXAMPLE}` },
    { does: 'For an hour', line: `stageline tasks claim ${EXAMPLE} --lease 60` },
  ],
  run: async (context, [id = ''], { lease }) => {
    const leaseMs = lease === undefined ? undefined : lease * 60_000
    const { http } = context.client
    sayTask(
      context,
      await ask(http.POST('/v1/tasks/{id}:claim', { params: { path: { id } }, body: withoutGaps({ leaseMs }) })),
    )
  },
})

const releaseTask = command({
  name: 'tasks release',
  summary: 'Give a task back',
  arguments: TASK,
  examples: [{ does: 'Leave it to others', line: `stageline tasks release ${EXAMPLE}` }],
  run: async (context, [id = '']) => {
    const { http } = context.client
    sayTask(context, await ask(http.POST('/v1/tasks/{id}:release', { params: { path: { id } }, body: {} })))
  },
})

const moveTask = command<{ reason?: string }>({
  name: 'tasks move',
  summary: 'Set the state of a task that belongs to no step; one of a step is settled by a verdict',
  arguments: [...TASK, { name: '<state>', about: 'new, in_progress, blocked, completed or cancelled' }],
  options: [option('--reason <text>', 'kept in its history; needed for blocked')],
  examples: [
    { does: 'It is done', line: `stageline tasks move ${EXAMPLE} completed` },
    { does: 'It cannot go on', line: `stageline tasks move ${EXAMPLE} blocked --reason 'waiting for the supplier'` },
  ],
  run: async (context, [id = '', state = ''], { reason }) => {
    // The states are checked by the line, which names the ways that there are.
    const body = { to: state as Task['state'], ...withoutGaps({ reason }) }
    const task = await ask(context.client.http.POST('/v1/tasks/{id}:transition', { params: { path: { id } }, body }))
    context.out.show(task, () => `Task ${task.id} is ${task.state}`)
  },
})

function sayTask({ out }: Context, task: Task): void {
  const held = task.assignee === null ? 'free' : `held by ${task.assignee} until ${showTime(task.leaseUntil)}`
  out.show(task, () => `Task ${task.id} is ${held}`)
}

export const TASK_COMMANDS: readonly Command[] = [listTasks, showTask, claimTask, releaseTask, resolveTask, moveTask]
