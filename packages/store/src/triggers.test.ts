import { newId, TriggerDefinition } from '@stageline/domain'
import { changePlan, changeTask, derivedId, matchEntries } from '@stageline/engine'
import type { NewTask, TakenTriggerRun, TriggerQueue } from '@stageline/engine/ports'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acceptJobs, openRecord } from './testing/open-record.ts'
import { createAlertBook, createAlertMails, createTriggerQueue, createTriggerStore } from './triggers.ts'

async function setup() {
  const record = await openRecord()
  const { gateway, worker, tenantId, desk } = record
  const [store, taking] = [createTriggerStore(gateway), createTriggerQueue(worker)]
  const queue: TriggerQueue = {
    ...taking,
    read: async (...asked) => {
      await record.isReadable()
      return taking.read(...asked)
    },
  }
  const define = (about: object) =>
    TriggerDefinition.parse({
      on: ['task.opened'],
      actions: [{ kind: 'emit_alert', title: 'T' }],
      key: 'mine',
      ...about,
    })
  const task = (about: Partial<NewTask> = {}): NewTask => ({
    id: newId(),
    type: 'own',
    title: 'A title',
    description: null,
    serviceArea: 'buying',
    priority: 0.5,
    evidence: {},
    dueAt: null,
    assignee: null,
    group: null,
    jobId: null,
    planId: null,
    createdBy: 'ann',
    ...about,
  })
  return {
    ...record,
    store,
    queue,
    alerts: createAlertBook(gateway),
    save: (about: object, by = tenantId) => store.put(by, define(about), 'ann', null),
    open: async (about: Partial<NewTask> = {}, by = tenantId) => {
      const made = task(about)
      await desk.openTask(by, made)
      return made.id
    },
    /** Reads all that there is, of both histories. */
    readAll: async () => {
      let fired = 0
      for (const stream of ['jobs', 'desk'] as const) fired += (await queue.read(stream, 100, matchEntries)).fired
      return fired
    },
    /** Everything that waits. */
    takeAll: async () => {
      const runs: TakenTriggerRun[] = []
      for (let run = await queue.take(60_000); run; run = await queue.take(60_000)) runs.push(run)
      return runs
    },
  }
}

const FIRST_PAGE = { limit: 50 }

test('an entry that fits is noted once, whoever reads and however often, also after a restored dump', async () => {
  await using given = await setup()
  await given.save({ when: 'entry.serviceArea == "buying"' })
  const id = await given.open()
  await given.open({ serviceArea: null })

  const together = await Promise.all([given.readAll(), given.readAll(), given.readAll()])
  await given.sql(`UPDATE trigger_cursors SET epoch = 0`)
  const again = await given.readAll()

  assert.equal(together.reduce((sum, fired) => sum + fired, 0) + (await given.readAll()), 1)
  assert.equal(again, 0)
  const { items } = await given.store.runs(given.tenantId, 'mine', FIRST_PAGE)
  assert.deepEqual(
    items.map(({ entry, state }) => [entry.subjectId, state]),
    [[id, 'waiting']],
  )
})

test('what happened before a trigger was made, or while it was out of use, is none of its concern', async () => {
  await using given = await setup()
  await given.open()
  await given.save({})
  await given.save({ enabled: false })
  await given.open()
  await given.save({ enabled: true })
  const last = await given.open()

  assert.equal(await given.readAll(), 1)
  assert.deepEqual(
    (await given.takeAll()).map(({ entry }) => entry.subjectId),
    [last],
  )
})

test('where nothing has happened since, reading writes nothing; what comes then is found', async () => {
  await using given = await setup()
  await given.save({})
  await given.open()
  await given.readAll()
  const places = () => given.sql(`SELECT stream, xmin::text, xid::text FROM trigger_cursors ORDER BY stream`)
  const before = await places()

  const idle = await given.readAll()
  const after = await places()
  await given.open()

  assert.deepEqual([idle, after], [0, before])
  assert.equal(await given.readAll(), 1)
})

test('entries come page by page in the order of their commits, none left out', async () => {
  await using given = await setup()
  await given.save({})
  const ids: string[] = []
  for (let i = 0; i < 7; i++) ids.push(await given.open())

  await given.isReadable()
  const reads: number[] = []
  for (let i = 0; i < 4; i++) reads.push((await given.queue.read('desk', 3, matchEntries)).read)

  assert.deepEqual(reads, [3, 3, 1, 0])
  const seen = (await given.takeAll()).map(({ entry }) => entry.subjectId)
  assert.deepEqual(seen.toSorted(), ids.toSorted())
})

test('each tenant has its own triggers, runs and alerts', async () => {
  await using given = await setup()
  const other = await given.addTenant('other')
  await given.save({}, other)
  await given.open()
  await given.open({}, other)

  await given.readAll()
  const runs = await given.takeAll()
  const [run] = runs
  const alert = { id: newId(), sameAs: 'x', level: 'info', title: 'X', detail: null, raisedBy: 'trigger:mine' } as const
  await given.queue.raise(run!, [{ kind: 'emit_alert', id: alert.id }], alert)

  assert.deepEqual(
    runs.map(({ tenantId }) => tenantId),
    [other],
  )
  assert.equal(await given.store.get(given.tenantId, 'mine'), undefined)
  assert.deepEqual((await given.store.runs(given.tenantId, 'mine', FIRST_PAGE)).items, [])
  assert.deepEqual((await given.alerts.alerts(given.tenantId, {}, FIRST_PAGE)).items, [])
  assert.equal(await given.alerts.acknowledge(given.tenantId, alert.id, 'ann'), undefined)
  assert.equal((await given.alerts.alerts(other, {}, FIRST_PAGE)).items.length, 1)
})

test('an alert is raised once a run; equal ones are counted until somebody has seen it', async () => {
  await using given = await setup()
  await given.save({})
  for (let i = 0; i < 3; i++) await given.open()
  await given.readAll()
  const raise = async (run: TakenTriggerRun) => {
    const id = derivedId(run.entry.at, run.id)
    const alert = { id, sameAs: 'x', level: 'info', title: 'X', detail: null, raisedBy: 'trigger:mine' } as const
    await given.queue.raise(run, [{ kind: 'emit_alert', id }], alert)
  }
  const [first, second, third] = await given.takeAll()

  await raise(first!)
  await raise(first!)
  await raise(second!)
  const [open] = (await given.alerts.alerts(given.tenantId, { state: 'open' }, FIRST_PAGE)).items
  const seen = await given.alerts.acknowledge(given.tenantId, open!.id, 'ann')
  const seenAgain = await given.alerts.acknowledge(given.tenantId, open!.id, 'ben')
  await raise(third!)

  assert.equal(open?.count, 2)
  assert.deepEqual([seen?.acknowledgedBy, seenAgain?.acknowledgedBy], ['ann', 'ann'])
  const all = (await given.alerts.alerts(given.tenantId, {}, FIRST_PAGE)).items
  assert.deepEqual(
    all.map(({ count }) => count).toSorted((one, other) => one - other),
    [1, 2],
  )
})

test('a run that nobody ends is taken again when its time is over, with what was noted', async () => {
  await using given = await setup()
  await given.save({})
  await given.open()
  await given.readAll()
  const run = (await given.queue.take(1_000))!
  const made = [{ kind: 'create_task', id: newId() }] as const
  await given.queue.note(run, made)

  assert.equal(await given.queue.take(1_000), undefined)
  await given.shiftClock(2_000)
  const again = (await given.queue.take(1_000))!
  await given.queue.end(again, 'done', null)
  await given.queue.giveBack(run, 0, { code: 'x', message: 'late' })

  assert.deepEqual([again.made, again.tries], [made, 2])
  assert.equal(await given.queue.take(1_000), undefined)
  const [ended] = (await given.store.runs(given.tenantId, 'mine', FIRST_PAGE)).items
  assert.deepEqual([ended?.state, ended?.error], ['done', null])
})

test('entries say how many triggers they come from; a person begins anew', async () => {
  await using given = await setup()
  const seen: [string, string, number][] = []
  await given.save({ on: ['task.*', 'job.accepted', 'plan.*'] })
  const trigger = { depth: 2 }
  const id = await given.open({ createdBy: 'trigger:mine', evidence: { trigger } })
  await given.desk.editTask(given.tenantId, id, (task, now) =>
    changeTask(task, { kind: 'comment', actor: 'ann', reason: 'Seen' }, now),
  )
  await given.open({ createdBy: 'trigger:mine', evidence: { trigger: { depth: 'many' } } })
  await acceptJobs(given, 1, { origin: 'trigger', tags: ['trigger:3'] })
  await acceptJobs(given, 1, { origin: 'api', tags: ['trigger:3'] })
  const plan = newId()
  await given.desk.openPlan(given.tenantId, {
    id: plan,
    title: 'P',
    description: null,
    serviceArea: null,
    createdBy: 'ann',
  })
  await given.desk.editPlan(given.tenantId, plan, (view, now) =>
    changePlan(view, { to: 'active', cancelsTasks: false, actor: 'ann', reason: null }, now),
  )

  for (const stream of ['jobs', 'desk'] as const)
    await given.queue.read(stream, 100, (entries) => {
      for (const { entry, depth } of entries) seen.push([entry.subject, entry.event, depth])
      return []
    })

  const expected = [
    ['job', 'accepted', 0],
    ['job', 'accepted', 3],
    ['plan', 'moved', 0],
    ['plan', 'opened', 0],
    ['task', 'commented', 0],
    ['task', 'opened', 0],
    ['task', 'opened', 2],
  ]
  assert.deepEqual(seen.map(String).toSorted(), expected.map(String))
})

test('an entry names the trace and correlation of whoever opened the task, or else submitted the job', async () => {
  await using given = await setup()
  await given.save({ on: ['job.*', 'task.*'] })
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const [job] = await acceptJobs(given, 1, { seed: { trace, correlationId: 'order-17' } })
  const [plain] = await acceptJobs(given, 1)
  await given.open({ jobId: job!.id })
  await given.open({ jobId: plain!.id })
  await given.open({ jobId: job!.id, belongsTo: { correlationId: 'call-4' } })
  await given.open({ belongsTo: { traceparent: trace, correlationId: 'call-5' } })
  const seen: string[] = []

  for (const stream of ['jobs', 'desk'] as const)
    await given.queue.read(stream, 100, (entries) => {
      for (const { entry } of entries) seen.push([entry.subject, entry.traceparent, entry.correlationId].join())
      return []
    })

  assert.deepEqual(seen.toSorted(), [
    'job,,',
    `job,${trace},order-17`,
    'task,,',
    `task,${trace},call-4`,
    `task,${trace},call-5`,
    `task,${trace},order-17`,
  ])
})

test('the past is shown newest first, with what it was about', async () => {
  await using given = await setup()
  const [job] = await acceptJobs(given, 1)
  await given.open({ title: 'One', jobId: job!.id })
  await given.open({ title: 'Two' })

  const past = await given.store.past(given.tenantId, ['task.opened', 'job.*'], 100)

  assert.deepEqual(
    past.filter(({ subject }) => subject === 'task').map(({ title }) => title),
    ['Two', 'One'],
  )
  assert.ok(past.some(({ subject, workflow }) => subject === 'job' && workflow === 'two-steps'))
  assert.equal((await given.store.past(given.tenantId, ['task.opened'], 1)).length, 1)
  assert.deepEqual(await given.store.past(given.tenantId, ['plan.*'], 100), [])
  const times = past.map(({ at }) => at)
  for (const at of times) assert.equal(new Date(at).toISOString(), at)
})

test('what triggers did is dropped a month later', async () => {
  await using given = await setup()
  await given.save({})
  await given.open()
  await given.open()
  await given.readAll()
  await given.queue.end((await given.queue.take(1_000))!, 'done', null)

  assert.equal(await given.queue.forget(100), 0)
  await given.shiftClock(31 * 86_400_000)
  assert.deepEqual([await given.queue.forget(100), await given.queue.forget(100)], [1, 0])
})

test('an alert is told once, and again only when telling it has failed; what is old or seen is not told', async () => {
  await using given = await setup()
  const mails = createAlertMails(given.worker)
  const [id, seen] = [newId(), newId()]
  const insert = `INSERT INTO alerts (tenant_id, id, same_as, level, title, raised_by, subject, subject_id)
    VALUES ($1, $2, $3, $4, 'T', 'x', 'job', $2)`
  await given.sql(insert, [given.tenantId, id, 'one', 'critical'])
  await given.sql(insert, [given.tenantId, newId(), 'low', 'info'])
  await given.sql(insert, [given.tenantId, seen, 'seen', 'critical'])
  await given.alerts.acknowledge(given.tenantId, seen, 'ann')
  await given.sql(insert, [await given.addTenant('other'), newId(), 'foreign', 'critical'])
  const take = async () => (await mails.take(given.tenantId, ['warning', 'critical'], 10)).map((alert) => alert.id)

  const together = await Promise.all([take(), take()])
  const soon = await take()
  await given.shiftClock(31_000)
  const again = await take()
  await mails.sent(given.tenantId, again)
  await given.shiftClock(3_600_000)

  assert.deepEqual([together.flat(), soon, again, await take()], [[id], [], [id], []])
  await given.sql('UPDATE alerts SET mailed_at = NULL')
  assert.deepEqual(await take(), [id])
  await given.shiftClock(2 * 86_400_000)
  assert.deepEqual(await take(), [])
})
