/** Tasks of people, their plan, and promises of time; README.md says what has to run. */
import { ask, say, send, until } from '../ask.ts'

type Plan = { id: string; state: string; tasks: Record<string, number> }
type Task = { id: string; type: string; state: string; priorityLevel: string; group: string | null; createdBy: string }
type Alert = { title: string; level: string; raisedBy: string; state: string }
type Clock = { taskId: string; state: string; deadline: string }
type Entry = { event: string; from: string | null; to: string; actor: string; reason: string | null }
type Refusal = { status: number; code: string; detail: string }

const AREA = 'onboarding'

const move = (id: string, to: string, reason?: string): Promise<Response> =>
  send('POST', `/v1/tasks/${id}:transition`, { to, ...(reason === undefined ? {} : { reason }) })

async function sayRefused(answer: Response): Promise<void> {
  const { status, code, detail } = (await answer.json()) as Refusal
  console.log(`refused: ${status} ${code}: ${detail}`)
}

async function clockOf(id: string): Promise<Clock | undefined> {
  const { items } = await ask<{ items: Clock[] }>('GET', `/v1/sla-records?serviceArea=${AREA}&limit=50`)
  return items.find(({ taskId }) => taskId === id)
}

say('The states of a task, and the ways between them')
const { task: machine } = await ask<{ task: { edges: Record<string, string[]> } }>('GET', '/v1/metadata')
for (const [from, to] of Object.entries(machine.edges)) console.log(`${from} → ${to.join(', ') || 'nothing'}`)

say('A plan, and an intake task in it, for which an hour is promised')
const plan = await ask<Plan>('POST', '/v1/plans', { title: 'Bring in the new vendor', serviceArea: AREA })
const intake = await ask<Task>('POST', '/v1/tasks', {
  type: 'intake',
  title: 'Read the form of the vendor',
  serviceArea: AREA,
  planId: plan.id,
})
const clock = await clockOf(intake.id)
console.log(`task ${intake.id} is ${intake.state}; its clock is ${clock?.state}, until ${clock?.deadline}`)
const active = await ask<Plan>('POST', `/v1/plans/${plan.id}:activate`, { reason: 'The vendor has signed' })
console.log(`plan ${plan.id} is ${active.state}, with tasks`, active.tasks)
const { items: alerts } = await until(
  () => ask<{ items: Alert[] }>('GET', '/v1/alerts?state=open'),
  ({ items }) => items.some(({ raisedBy }) => raisedBy === 'trigger:plan-activated'),
)
for (const { level, title, raisedBy } of alerts) console.log(`alert (${level}) by ${raisedBy}: ${title}`)

say('It is begun, blocked for a while, and done; what is done is not begun again')
await sayRefused(await move(intake.id, 'completed'))
await move(intake.id, 'in_progress')
await move(intake.id, 'blocked', 'A page of the form is missing')
await move(intake.id, 'in_progress')
await move(intake.id, 'completed', 'All pages are there')
await sayRefused(await move(intake.id, 'in_progress'))
const { items: history } = await ask<{ items: Entry[] }>('GET', `/v1/tasks/${intake.id}/history`)
for (const { event, from, to, actor, reason } of history)
  console.log(`${event}: ${from ?? '–'} → ${to} by ${actor}${reason === null ? '' : ` (${reason})`}`)
console.log(`its clock is ${(await clockOf(intake.id))?.state}`)

say('A completed intake is followed by an urgent assessment, once')
const { items: followed } = await until(
  () => ask<{ items: Task[] }>('GET', `/v1/tasks?plan=${plan.id}`),
  ({ items }) => items.some(({ type }) => type === 'assessment'),
)
for (const { type, state, priorityLevel, createdBy } of followed)
  if (type === 'assessment') console.log(`${type} is ${state}, priority ${priorityLevel}, made by ${createdBy}`)

say('A promise of one second that nobody keeps: the task becomes urgent and goes to the leads')
const promise = { taskType: 'callback', serviceArea: AREA, limitMs: 1_000 }
const escalation = { escalatePriority: 'high', escalateGroup: 'leads' }
const promised = await send('POST', '/v1/sla-configs', { ...promise, ...escalation })
console.log(promised.status === 409 ? 'promised before' : `promised: ${promised.status}`)
const callback = await ask<Task>('POST', '/v1/tasks', {
  type: 'callback',
  title: 'Call the vendor back',
  serviceArea: AREA,
  priority: 'low',
  planId: plan.id,
})
await until(
  () => clockOf(callback.id),
  (seen) => seen?.state === 'breached',
)
const late = await ask<Task>('GET', `/v1/tasks/${callback.id}`)
console.log(`task ${late.id} is ${late.state} and late: priority ${late.priorityLevel}, group ${late.group}`)

say('The plan ends, and with it what is still open')
const archived = await ask<Plan>('POST', `/v1/plans/${plan.id}:archive`, { cancelOpenTasks: true })
console.log(`plan ${plan.id} is ${archived.state}, with tasks`, archived.tasks)
await sayRefused(await send('POST', `/v1/plans/${plan.id}:activate`, {}))

say('Promises kept and broken, by week')
const { weeks } = await ask<{ weeks: object[] }>('GET', '/v1/sla-figures')
for (const week of weeks) console.log(week)
