import { newId } from '@stageline/domain'
import { changeTask, type TaskAct } from '@stageline/engine'
import { failureOf, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMaintenance } from './maintenance.ts'
import { acceptJobs, openRecord, recordAll, type OpenRecord } from './testing/open-record.ts'

const CORRECTIONS = [{ path: '/fields/total/value', from: '1.00', to: '1.10', place: { method: 'text' as const } }]

test('a lease that ran out leaves the task new, tells whose it was, and leaves a bystander alone', async () => {
  await using record = await openRecord()
  const [taskId, bystander] = await openTasks(record, 2)
  await act(record, taskId!, { kind: 'claim', leaseMs: 60_000, takesOver: false })
  await act(record, bystander!, { kind: 'claim', leaseMs: 600_000, takesOver: false })

  const early = await createMaintenance(record.worker).expireTaskLeases()
  await record.shiftClock(61_000)
  const expired = await createMaintenance(record.worker).expireTaskLeases()

  assert.deepEqual([early, expired], [0, 1])
  const task = await record.reader.task(record.tenantId, taskId!)
  assert.deepEqual([task?.state, task?.assignee, task?.leaseUntil], ['new', null, null])
  const last = (await record.desk.entries(record.tenantId, taskId!)).at(-1)
  assert.deepEqual(
    [last?.event, last?.from, last?.to, last?.actor, last?.data],
    ['lease_expired', 'in_progress', 'new', 'stageline', { from: 'ann' }],
  )
  assert.equal((await record.reader.task(record.tenantId, bystander!))?.state, 'in_progress')
})

test('a verdict closes its task with who, why and what was corrected, in one commit with its history', async () => {
  await using record = await openRecord()
  const { taskId, jobId } = await settle(record)

  const task = await record.reader.task(record.tenantId, taskId)
  assert.deepEqual(
    [task?.state, task?.verdict, task?.verdictReason, task?.corrections],
    ['completed', 'accept', 'misread', CORRECTIONS],
  )
  const told = await record.desk.entries(record.tenantId, taskId)
  assert.deepEqual(
    told.map(({ seq, event, from, to }) => [seq, event, from, to]),
    [
      [1, 'opened', null, 'new'],
      [2, 'begun', 'new', 'in_progress'],
      [3, 'settled', 'in_progress', 'completed'],
    ],
  )
  assert.deepEqual((await record.reader.job(record.tenantId, jobId))?.openTasks, [])
})

test('corrections are told once each in the order of their commits, to their tenant only', async () => {
  await using record = await openRecord()
  const other = await record.addTenant('other')
  const first = await settle(record)
  const second = await settle(record)

  await toldOnes(record, 2)
  const page = await record.desk.corrections(record.tenantId, null, 1)
  const rest = await record.desk.corrections(record.tenantId, page.cursor, 10)
  const end = await record.desk.corrections(record.tenantId, rest.cursor, 10)

  assert.deepEqual(
    [page, rest, end].map(({ items }) => items.map(({ taskId }) => taskId)),
    [[first.taskId], [second.taskId], []],
  )
  const { cursor: _cursor, at: _at, actor: _actor, ...told } = page.items[0]!
  assert.deepEqual(told, {
    taskId: first.taskId,
    jobId: first.jobId,
    workflow: 'two-steps',
    step: 'first',
    type: 'review',
    reason: 'misread',
    verdict: 'accept',
    corrections: CORRECTIONS,
  })
  assert.deepEqual(await record.desk.corrections(other, null, 10), { items: [], cursor: null })
  await assert.rejects(record.desk.corrections(record.tenantId, 'garbage', 1), { code: 'request.bad_cursor' })
})

test('a verdict that changed nothing is no correction', async () => {
  await using record = await openRecord()
  await settle(record, [])
  const { taskId } = await settle(record)

  assert.deepEqual(
    (await toldOnes(record, 1)).map((told) => told.taskId),
    [taskId],
  )
})

test('what a transaction that still runs may yet precede is not told', async () => {
  await using record = await openRecord()
  const { promise: written, resolve: isWritten } = Promise.withResolvers<void>()
  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>()
  const slow = record.gateway.transaction(record.tenantId, async (query) => {
    await query({ text: 'SELECT pg_current_xact_id()' })
    isWritten()
    await mayEnd
  })
  await written
  const { taskId } = await settle(record)

  const during = await record.desk.corrections(record.tenantId, null, 10)
  end()
  await slow
  const [after] = await toldOnes(record, 1)

  assert.deepEqual([during.items.length, after?.taskId], [0, taskId])
})

test('tasks and plans are their tenant’s own', async () => {
  await using record = await openRecord()
  const other = await record.addTenant('other')
  const [job] = await acceptJobs(record, 1)
  const planId = newId()
  const named = { title: 'Ours', description: null, serviceArea: null, createdBy: 'ann' }
  await record.desk.openPlan(record.tenantId, { id: planId, ...named })
  const task = { ...named, id: newId(), type: 'review', priority: 0.5, evidence: {}, dueAt: null, assignee: null }
  const open = (tenantId: string, about: object) =>
    record.desk.openTask(tenantId, { ...task, group: null, jobId: null, planId: null, ...about })
  assert.equal((await open(record.tenantId, { jobId: job!.id, planId })).kind, 'opened')

  assert.equal((await open(other, { jobId: job!.id })).kind, 'unknown_job')
  assert.equal((await open(other, { planId })).kind, 'unknown_plan')
  assert.equal(await record.desk.plan(other, planId), undefined)
  assert.deepEqual(await record.desk.entries(other, task.id), [])
  assert.deepEqual(await act(record, task.id, { kind: 'release' }, other), { kind: 'unknown' })
  const seen = await record.reader.task(record.tenantId, task.id)
  assert.deepEqual([seen?.jobId, seen?.workflow, seen?.step], [job!.id, 'two-steps', null])
  assert.deepEqual((await record.reader.job(record.tenantId, job!.id))?.openTasks, [], 'no step waits for it')
  assert.deepEqual(await createMaintenance(record.worker).openTasks(), [])
})

test('tasks are listed by each filter, and by urgency over pages', async () => {
  await using record = await openRecord()
  const open = async (about: object) => {
    const whose = { assignee: null, group: null, jobId: null, planId: null, createdBy: 'ann' }
    const task = { id: newId(), type: 'intake', title: 'T', description: null, serviceArea: null, evidence: {} }
    await record.desk.openTask(record.tenantId, { ...task, ...whose, priority: 0.5, dueAt: null, ...about })
    return task.id
  }
  const plain = await open({})
  const urgent = await open({ priority: 0.9, type: 'assessment', serviceArea: 'buying' })
  const late = await open({ dueAt: '2026-01-01T00:00:00.000Z', group: 'buyers' })
  const asleep = await open({ assignee: 'ben', priority: 0.1 })
  await act(record, asleep, { kind: 'assign', assignee: null })
  await act(record, asleep, { kind: 'snooze', until: new Date(Date.now() + 86_400_000) })
  const ids = async (filter: object) =>
    (await record.reader.tasks(record.tenantId, filter, { limit: 10 })).items.map(({ id }) => id)

  assert.deepEqual(await ids({}), [asleep, late, urgent, plain])
  assert.deepEqual(await ids({ type: 'assessment', serviceArea: 'buying', priority: 'high' }), [urgent])
  assert.deepEqual(await ids({ group: 'buyers' }), [late])
  assert.deepEqual(await ids({ dueBefore: new Date('2026-01-02') }), [late])
  assert.deepEqual([await ids({ snoozed: true }), await ids({ snoozed: false, priority: 'low' })], [[asleep], []])
  assert.deepEqual(await ids({ sort: 'priority' }), [urgent, plain, late, asleep])
  const first = await record.reader.tasks(record.tenantId, { sort: 'priority' }, { limit: 2 })
  const next = { limit: 2, cursor: first.next! }
  const rest = await record.reader.tasks(record.tenantId, { sort: 'priority' }, next)
  assert.deepEqual([rest.items.map(({ id }) => id), rest.next], [[late, asleep], null])
  await assert.rejects(record.reader.tasks(record.tenantId, {}, next), { code: 'request.bad_cursor' })
})

const inOrder = (one: string, other: string): number => (one < other ? -1 : 1)

test('tasks of a batch are listed, and of those what automation gave up', async () => {
  await using record = await openRecord()
  const batchId = newId()
  await record.writer.createBatch(record.tenantId, { id: batchId, name: 'mixed', actor: 'tester' })
  const [failing, asked] = await acceptJobs(record, 2, { seed: { batchId } })
  const [bystander] = await acceptJobs(record, 1)
  const now = record.gatewayStore.now()
  await recordAll(
    record,
    [failing!, bystander!].map((job) => failureOf(record.workflow, job, 'first', now)),
  )
  const whose = { assignee: null, group: null, planId: null, createdBy: 'ann', serviceArea: null, dueAt: null }
  const about = { type: 'own', title: 'Ask', description: null, evidence: {}, priority: 0.5 }
  await record.desk.openTask(record.tenantId, { id: newId(), jobId: asked!.id, ...about, ...whose })
  const jobsOf = async (filter: object) =>
    (await record.reader.tasks(record.tenantId, filter, { limit: 10 })).items
      .map(({ jobId }) => jobId!)
      .toSorted(inOrder)

  assert.deepEqual(await jobsOf({ batchId }), [asked!.id, failing!.id].toSorted(inOrder))
  assert.deepEqual(await jobsOf({ batchId, fallback: true }), [failing!.id])
  assert.deepEqual(await jobsOf({ batchId, fallback: false }), [asked!.id])
  assert.deepEqual(await jobsOf({ fallback: true }), [failing!.id, bystander!.id].toSorted(inOrder))
})

test('the history of tasks and plans cannot be changed', async () => {
  await using record = await openRecord()
  await openTasks(record, 1)

  for (const text of [`UPDATE desk_history SET actor = 'x'`, 'DELETE FROM desk_history']) {
    await assert.rejects(record.worker.query(null, { text }), { code: '42501' })
    await assert.rejects(record.gateway.query(record.tenantId, { text }), { code: '42501' })
    await assert.rejects(record.sql(text), /insert-only/)
  }
})

/** A job whose first step waited for a person, who has settled its task. */
async function settle(record: OpenRecord, corrections = CORRECTIONS): Promise<{ taskId: string; jobId: string }> {
  const [job] = await acceptJobs(record, 1)
  const failed = failureOf(record.workflow, job!, 'first', record.workerStore.now())
  await recordAll(record, [failed])
  const closing = { step: 'first', state: 'completed' as const, verdict: 'accept', reason: 'misread', corrections }
  await recordAll(record, [{ ...failed, before: failed.after, history: [], tasks: [], closings: [closing] }])
  return { taskId: failed.tasks[0]!.id, jobId: job!.id }
}

/** Transactions of other databases on the same server hold readers up as well. */
async function toldOnes(record: OpenRecord, count: number) {
  const read = async () => (await record.desk.corrections(record.tenantId, null, 10)).items
  await waitFor(async () => (await read()).length >= count)
  return read()
}

const act = (record: OpenRecord, taskId: string, what: TaskAct, tenantId = record.tenantId) =>
  record.desk.editTask(tenantId, taskId, (task, now) => changeTask(task, { ...what, actor: 'ann', reason: null }, now))

/** As many jobs whose first step waits for a person; ids of the tasks. */
async function openTasks(record: OpenRecord, count: number): Promise<string[]> {
  const jobs = await acceptJobs(record, count)
  await recordAll(
    record,
    jobs.map((job) => failureOf(record.workflow, job, 'first', record.workerStore.now())),
  )
  return (await createMaintenance(record.worker).openTasks()).map(({ id }) => id)
}
