import { DEFAULT_SLAS, newId, type SlaSettings, type TaskState } from '@stageline/domain'
import { changeTask } from '@stageline/engine'
import type { SlaConfigView, SlaFilter } from '@stageline/engine/ports'
import { failureOf } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMaintenance } from './maintenance.ts'
import { createSlaBook } from './sla-book.ts'
import { PLAIN as PLAIN_OF_JOBS } from './testing/open-promises.ts'
import { acceptJobs, openRecord, recordAll, type OpenRecord } from './testing/open-record.ts'

const MINUTE = 60_000
const PLAIN: SlaSettings = { ...PLAIN_OF_JOBS, subject: 'task' }

test('an installation begins with promises for intake, assessment and review', async () => {
  await using record = await openRecord()

  const configs = await createSlaBook(record.gateway).configs(record.tenantId)

  const shipped = configs.map(({ id: _i, version: _v, changedBy: _b, createdAt: _c, changedAt: _a, ...set }) => set)
  // Ids of one millisecond come in any order.
  assert.deepEqual(new Set(shipped), new Set(DEFAULT_SLAS))
})

test('of the promises that fit a task the one that says most about it counts', async () => {
  await using given = await setup()
  await given.add({ serviceArea: 'buying', limitMs: MINUTE })
  await given.add({ serviceArea: 'buying', taskType: 'own', limitMs: 2 * MINUTE })
  await given.add({ taskType: 'idle', active: false })

  const limits = []
  for (const about of [
    { type: 'own', serviceArea: 'buying' },
    { type: 'other', serviceArea: 'buying' },
    { type: 'review' },
  ])
    limits.push((await given.recordOf(await given.open(about)))?.limitMs)

  assert.deepEqual(limits, [2 * MINUTE, MINUTE, 120 * MINUTE])
  assert.equal(await given.recordOf(await given.open({ type: 'idle' })), undefined)
})

test('a task that ends in time has kept its promise, one that is given up has not broken it', async () => {
  await using given = await setup()
  const [done, dropped] = [await given.open(), await given.open()]
  await given.move(done, 'in_progress', 'completed')
  await given.move(dropped, 'cancelled')
  await given.pass(11 * MINUTE)

  assert.equal(await given.breachDue(), 0)
  assert.deepEqual([(await given.recordOf(done))?.state, (await given.recordOf(dropped))?.state], ['met', 'cancelled'])
})

test('a clock stands while its task is blocked, where the promise says so', async () => {
  await using given = await setup({ pausesWhileBlocked: true })
  const id = await given.open()
  await given.pass(6 * MINUTE)
  await given.move(id, 'blocked')
  await given.pass(60 * MINUTE)
  const paused = await given.recordOf(id)
  assert.equal(await given.breachDue(), 0)
  await given.move(id, 'in_progress')
  await given.pass(3 * MINUTE)
  const early = await given.breachDue()
  await given.pass(2 * MINUTE)

  assert.deepEqual([paused?.state, early, await given.breachDue()], ['paused', 0, 1])
  const { state, pausedMs } = (await given.recordOf(id))!
  assert.equal(state, 'breached')
  assert.ok(pausedMs >= 60 * MINUTE && pausedMs < 61 * MINUTE, `${pausedMs}`)
})

test('elsewhere the clock goes on while the task is blocked', async () => {
  await using given = await setup()
  const id = await given.open()
  await given.move(id, 'blocked')
  await given.pass(11 * MINUTE)

  assert.equal(await given.breachDue(), 1)
})

test('a breach is told once, however many look, and its task goes up as the promise says', async () => {
  await using given = await setup({ escalatePriority: 0.9, escalateGroup: 'leads' })
  const [late, bystander] = [await given.open(), await given.open({ type: 'review' })]
  await given.pass(11 * MINUTE)

  const found = await Promise.all(Array.from({ length: 4 }, () => given.breachDue()))

  assert.equal(
    found.reduce((sum, n) => sum + n),
    1,
  )
  const { record } = given
  const task = await record.reader.task(record.tenantId, late)
  assert.deepEqual([task?.priority, task?.group, task?.state], [0.9, 'leads', 'new'])
  const told = (await record.desk.entries(record.tenantId, late)).filter(({ event }) => event === 'sla_breached')
  assert.deepEqual(
    told.map(({ seq, from, to, actor, data }) => [seq, from, to, actor, data?.['group']]),
    [[2, 'new', 'new', 'stageline', 'leads']],
  )
  assert.equal((await record.reader.task(record.tenantId, bystander))?.group, null)
})

test('a task that ends late before anybody has noticed has broken its promise all the same', async () => {
  await using given = await setup({ escalateGroup: 'leads' })
  const id = await given.open()
  await given.move(id, 'in_progress')
  await given.pass(11 * MINUTE)
  await given.move(id, 'completed')

  assert.deepEqual([await given.breachDue(), await given.breachDue()], [1, 0])
  const { record } = given
  assert.equal((await record.reader.task(record.tenantId, id))?.group, null, 'nothing is left to move up')
  assert.deepEqual(
    (await record.desk.entries(record.tenantId, id)).map(({ event }) => event),
    ['opened', 'moved', 'settled', 'sla_breached'],
  )
})

test('the task of a step has a clock, which its verdict stops', async () => {
  await using given = await setup()
  const { record } = given
  const [job] = await acceptJobs(record, 1)
  const failed = failureOf(record.workflow, job!, 'first', record.workerStore.now())
  await recordAll(record, [failed])
  const id = failed.tasks[0]!.id
  const before = await given.recordOf(id)
  const closing = { step: 'first', state: 'completed' as const, verdict: 'accept' }
  await recordAll(record, [{ ...failed, before: failed.after, history: [], tasks: [], closings: [closing] }])

  assert.deepEqual(
    [before?.state, before?.workflow, (await given.recordOf(id))?.state],
    ['running', 'two-steps', 'met'],
  )
})

test('what is at risk is listed by its own name, and figures tell weeks apart', async () => {
  await using given = await setup()
  const [late, met, near] = [await given.open(), await given.open(), await given.open({ serviceArea: 'buying' })]
  await given.move(met, 'in_progress', 'completed')
  await given.pass(9 * MINUTE)
  const ids = async (filter: SlaFilter) => (await given.list(filter)).map(({ id }) => id)
  const atRisk = await ids({ state: 'at_risk' })
  await given.move(near, 'in_progress', 'completed')
  await given.pass(2 * MINUTE)
  await given.breachDue()

  assert.deepEqual(atRisk, [near, late])
  assert.deepEqual(
    [await ids({ state: 'breached' }), await ids({ state: 'met' }), await ids({ serviceArea: 'buying' })],
    [[late], [near, met], [near]],
  )
  const figures = await given.figures(1)
  assert.deepEqual(figures.now, { running: 0, atRisk: 0, paused: 0 })
  const sum = (what: 'met' | 'breached') => figures.weeks.reduce((all, week) => all + week[what], 0)
  assert.deepEqual([sum('met'), sum('breached'), figures.weeks.length], [2, 1, 2])
  assert.match(figures.weeks[0]!.week, /^\d{4}-\d\d-\d\d$/)
})

test('promises and clocks are their tenant’s own', async () => {
  await using given = await setup()
  const { record, book, config } = given
  await given.open()
  const other = await record.addTenant('other')

  assert.deepEqual(await book.configs(other), [])
  assert.equal(await book.config(other, config.id), undefined)
  assert.equal(await book.changeConfig(other, { id: config.id, ifVersion: 1, actor: 'x', settings: PLAIN }), 'changed')
  assert.deepEqual((await book.records(other, {}, { limit: 10 })).items, [])
  assert.deepEqual((await book.figures(other, 4)).now, { running: 0, atRisk: 0, paused: 0 })
})

/** A record with a promise of ten minutes for tasks of type `own`. */
async function setup(settings: Partial<SlaSettings> = {}) {
  const record = await openRecord()
  const book = createSlaBook(record.gateway)
  const add = async (about: Partial<SlaSettings>): Promise<SlaConfigView> => {
    const saved = await book.addConfig(record.tenantId, { id: newId(), actor: 'ann', settings: { ...PLAIN, ...about } })
    if (saved === 'exists') throw new Error('There is one already')
    return saved
  }
  const list = async (filter: SlaFilter) => (await book.records(record.tenantId, filter, { limit: 50 })).items
  return {
    record,
    book,
    add,
    list,
    config: await add({ taskType: 'own', ...settings }),
    open: (about: { type?: string; serviceArea?: string } = {}) => open(record, about),
    move: async (id: string, ...states: TaskState[]) => {
      for (const to of states) await move(record, id, to)
    },
    recordOf: async (id: string) => (await list({})).find((one) => one.id === id),
    pass: (ms: number) => record.shiftClock(ms),
    breachDue: () => createMaintenance(record.worker).breachDue(10),
    figures: (weeks: number) => book.figures(record.tenantId, weeks),
    [Symbol.asyncDispose]: () => record[Symbol.asyncDispose](),
  }
}

async function open(record: OpenRecord, about: { type?: string; serviceArea?: string }): Promise<string> {
  const id = newId()
  const named = { type: 'own', title: 'T', description: null, serviceArea: null, evidence: {}, priority: 0.5, ...about }
  const whose = { assignee: null, group: null, jobId: null, planId: null, createdBy: 'ann', dueAt: null }
  await record.desk.openTask(record.tenantId, { id, ...named, ...whose })
  return id
}

async function move(record: OpenRecord, id: string, to: TaskState): Promise<void> {
  const act = { kind: 'transition', to, actor: 'ann', reason: 'r' } as const
  const edited = await record.desk.editTask(record.tenantId, id, (task, now) => changeTask(task, act, now))
  assert.equal(edited.kind, 'changed')
}
