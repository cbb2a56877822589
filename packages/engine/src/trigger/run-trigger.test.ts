import { newId, TriggerAction, type TriggerEntry } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NewAlert, NewDelivery, TakenTriggerRun, TriggerMade } from '../ports/index.ts'
import type { Submitted, SubmitRequest } from '../submit-jobs.ts'
import { MemoryTaskDesk } from '../testing/index.ts'
import { derivedId } from './derived-id.ts'
import { matchEntries, MOST_TRIGGERS_IN_A_ROW } from './match-entries.ts'
import { runTrigger } from './run-trigger.ts'

const TENANT = '019a0000-0000-7000-8000-000000000001'
const WEBHOOK = '019a0000-0000-7000-8000-000000000002'

const entryOf = (about: Partial<TriggerEntry> = {}): TriggerEntry => ({
  subject: 'task',
  subjectId: newId(),
  seq: 2,
  at: '2026-11-20T12:00:00.000Z',
  event: 'settled',
  from: 'in_progress',
  to: 'completed',
  actor: 'ann',
  reason: null,
  data: null,
  code: null,
  message: null,
  jobId: null,
  workflow: null,
  step: null,
  stage: null,
  businessKey: null,
  planId: null,
  taskType: 'intake',
  cause: 'opened',
  title: 'New vendor',
  serviceArea: 'buying',
  priority: 0.5,
  traceparent: null,
  correlationId: null,
  ...about,
})

function setup(actions: object[], entry = entryOf()) {
  const desk = new MemoryTaskDesk({ now: () => new Date('2026-11-20T12:00:00.000Z') })
  const noted: TriggerMade[][] = []
  const alerts: NewAlert[] = []
  const submitted: SubmitRequest[] = []
  const sent: NewDelivery[] = []
  const world = { answer: { kind: 'accepted', jobId: newId() } as Submitted }
  const run: TakenTriggerRun = {
    tenantId: TENANT,
    key: 'mine',
    id: newId(),
    version: 1,
    entry,
    actions: actions.map((action) => TriggerAction.parse(action)),
    depth: 1,
    made: [],
    tries: 1,
  }
  const deps = {
    desk,
    submit: async (requests: readonly SubmitRequest[]) => {
      submitted.push(...requests)
      return requests.map(() => world.answer)
    },
    deliveries: {
      note: async (delivery: NewDelivery) => {
        if (delivery.webhookId !== WEBHOOK) return 'unknown' as const
        sent.push(delivery)
        return 'noted' as const
      },
    },
    queue: {
      note: async (_run: TakenTriggerRun, made: readonly TriggerMade[]) => void noted.push([...made]),
      raise: async (_run: TakenTriggerRun, made: readonly TriggerMade[], alert: NewAlert) => {
        noted.push([...made])
        alerts.push(alert)
      },
    },
  }
  return { run, deps, desk, noted, alerts, submitted, sent, world }
}

const TASK = { kind: 'create_task', type: 'assessment', title: 'Assess: {entry.title}', priority: 'high' }

test('a task says who made it and after how many triggers, and is one however often it is made', async () => {
  const { run, deps, desk } = setup([TASK])

  await runTrigger(run, deps)
  await runTrigger(run, deps)

  const [task, ...others] = [...desk.tasks.values()]
  assert.deepEqual(others, [])
  assert.deepEqual(
    [task?.title, task?.priority, task?.serviceArea, task?.createdBy],
    ['Assess: New vendor', 0.8, 'buying', 'trigger:mine'],
  )
  const { subject, subjectId, seq } = run.entry
  assert.deepEqual(task?.evidence, { trigger: { key: 'mine', depth: 2, subject, subjectId, seq } })
})

test('what was noted is not done again', async () => {
  const { run, deps, desk, noted, alerts } = setup([TASK, { kind: 'emit_alert', title: 'Done' }, TASK])
  const made = [{ kind: 'create_task', id: newId() }] as const

  await runTrigger({ ...run, made }, deps)

  assert.equal(desk.tasks.size, 1)
  assert.equal(alerts.length, 1)
  assert.deepEqual(
    noted.map(({ length }) => length),
    [2, 3],
  )
})

test('a task of a plan that was archived meanwhile is made without it', async () => {
  const { run, deps, desk } = setup([TASK], entryOf({ planId: newId() }))

  await runTrigger(run, deps)

  assert.deepEqual(
    [...desk.tasks.values()].map(({ planId }) => planId),
    [null],
  )
})

test('a task is moved by the rules of tasks', async () => {
  const entry = entryOf()
  const { run, deps, desk } = setup([{ kind: 'update_task_state', to: 'completed' }], entry)
  const about = { description: null, serviceArea: null, evidence: {}, dueAt: null, assignee: null, group: null }
  const rest = { type: 'own', title: 'T', priority: 0.5, jobId: null, planId: null, createdBy: 'ann' }
  await assert.rejects(runTrigger(run, deps), /not there/)
  await desk.openTask(TENANT, { id: entry.subjectId, ...about, ...rest })

  await assert.rejects(runTrigger(run, deps), /invalid_transition/)
  const cancel = { ...run, actions: [TriggerAction.parse({ kind: 'update_task_state', to: 'cancelled' })] }
  await runTrigger(cancel, deps)
  await runTrigger(cancel, deps)

  const entries = await desk.entries(TENANT, entry.subjectId)
  assert.deepEqual(
    entries.map(({ to, actor }) => [to, actor]),
    [
      ['new', 'ann'],
      ['cancelled', 'trigger:mine'],
    ],
  )
  assert.equal(Object(entries[1]?.data).trigger.depth, 2)
})

test('a job has a key of its own, so that it is submitted once, and tells how it came', async () => {
  const action = { kind: 'submit_job', workflow: 'part', input: { record: { mpn: '{entry.title}' } }, priority: 'low' }
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const entry = entryOf({ traceparent: trace, correlationId: 'order-17' })
  const { run, deps, submitted, noted, world } = setup([action], entry)

  await runTrigger(run, deps)
  await runTrigger(run, deps)

  const [one, other] = submitted
  assert.deepEqual(one, other)
  assert.deepEqual(
    [one?.input, one?.origin, one?.actor, one?.tags, one?.priority],
    [{ record: { mpn: 'New vendor' } }, 'trigger', 'trigger:mine', ['trigger:2'], 0.2],
  )
  assert.deepEqual([one?.trace, one?.correlationId], [trace, 'order-17'])
  assert.equal(noted[0]?.[0]?.id, Object(world.answer).jobId)
  world.answer = { kind: 'invalid', problems: [{ pointer: '/record', detail: 'is missing' }] }
  await assert.rejects(runTrigger(run, deps), { code: 'trigger.input', kind: 'data' })
  world.answer = { kind: 'in_flight' }
  await assert.rejects(runTrigger(run, deps), { kind: 'transient' })
})

test('alerts of a trigger are equal by their title, or by what it says', async () => {
  const { run, deps, alerts } = setup([
    { kind: 'emit_alert', title: 'Of {entry.title}', level: 'critical' },
    { kind: 'emit_alert', title: 'T', group: '{entry.taskType}' },
  ])

  await runTrigger(run, deps)

  assert.deepEqual(
    alerts.map(({ sameAs, level, title }) => [sameAs, level, title]),
    [
      ['mine Of New vendor', 'critical', 'Of New vendor'],
      ['mine intake', 'warning', 'T'],
    ],
  )
})

test('each entry is held against the triggers of its tenant; the outcome of each is told', () => {
  const other = '019a0000-0000-7000-8000-000000000002'
  const actions = [TriggerAction.parse({ kind: 'emit_alert', title: 'T' })]
  const since = '2026-11-20T12:00:00.000Z'
  const trigger = (key: string, when: string, tenantId = TENANT) => ({
    tenantId,
    version: 3,
    since,
    definition: { key, on: ['task.settled'], when, actions, enabled: true },
  })
  const triggers = [
    trigger('fits', 'entry.to == "completed"'),
    trigger('fits-not', 'entry.to == "cancelled"'),
    trigger('breaks', 'entry.title > 3'),
    trigger('of-another', 'true', other),
  ]
  const told: string[] = []
  const read = (depth: number, about: Partial<TriggerEntry> = {}) => ({
    tenantId: TENANT,
    depth,
    entry: entryOf(about),
  })
  const entries = [
    read(0),
    read(MOST_TRIGGERS_IN_A_ROW),
    read(0, { event: 'opened' }),
    read(0, { at: '2026-11-20T11:59:59.999Z' }),
  ]

  const runs = matchEntries(entries, triggers, ({ key, outcome }) => void told.push(`${key} ${outcome}`))

  assert.deepEqual(
    runs.map(({ key, state, error }) => [key, state, error?.code]),
    [
      ['fits', 'waiting', undefined],
      ['breaks', 'failed', 'trigger.predicate'],
      ['fits', 'refused', 'trigger.loop'],
      ['breaks', 'failed', 'trigger.predicate'],
    ],
  )
  assert.equal(new Set(runs.map(({ id }) => id)).size, runs.length)
  assert.deepEqual(told.slice(0, 3), ['fits matched', 'fits-not not_matched', 'breaks failed'])
  assert.equal(told.length, 6)
})

test('an id that is made of the same is the same, and sorts by its time', () => {
  const early = derivedId('2026-11-20T12:00:00.000Z', 'a')

  assert.equal(derivedId('2026-11-20T12:00:00.000Z', 'a'), early)
  assert.notEqual(derivedId('2026-11-20T12:00:00.000Z', 'b'), early)
  assert.ok(derivedId('2026-11-20T12:00:00.001Z', 'a') > early)
  assert.match(early, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('a webhook is told of the entry, under the same id however often; one that is gone cannot be told', async () => {
  const { run, deps, sent, noted } = setup([{ kind: 'webhook', webhook: WEBHOOK, type: 'IntakeDone' }])
  const gone = setup([{ kind: 'webhook', webhook: newId() }])

  await runTrigger(run, deps)
  await runTrigger(run, deps)

  const [first, second] = sent
  assert.deepEqual(first, second)
  const { type, cause, entry, state } = first!
  assert.deepEqual([type, cause, entry, state], ['IntakeDone', 'trigger:mine', run.entry, 'waiting'])
  assert.deepEqual(noted[0], [{ kind: 'webhook', id: first!.id }])
  await assert.rejects(runTrigger(gone.run, gone.deps), { code: 'trigger.webhook', kind: 'data' })
})
