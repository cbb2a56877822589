import { successOf } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMaintenance } from './maintenance.ts'
import { createStageRegistry } from './stage-registry.ts'
import { acceptJobs, openRecord, recordAll } from './testing/open-record.ts'

test('of two who save the same version of a workflow one is told of the other', async () => {
  await using record = await openRecord()
  const save = (title: string) =>
    record.writer.saveWorkflow(record.tenantId, { ...record.workflow.definition, title }, 'ann', 1)

  const saved = await Promise.all([save('one'), save('two')])

  assert.deepEqual(new Set(saved.map((one) => (one === 'conflict' ? one : one.version))), new Set([2, 'conflict']))
  const view = await record.reader.workflow(record.tenantId, 'two-steps')
  assert.deepEqual([view?.versions, view?.createdBy], [[1, 2], 'ann'])
  assert.equal((await record.workflows.version(record.tenantId, 'two-steps', 1)).definition.title, undefined)
})

test('a workflow that was not to be there yet is not overwritten', async () => {
  await using record = await openRecord()

  assert.equal(await record.writer.saveWorkflow(record.tenantId, record.workflow.definition, 'ann', 0), 'conflict')
})

const WORKER = { id: 'w-1', host: 'here', pid: 1, version: '1' }

test('a stage is shown with its workers, and paused with who and why', async () => {
  await using record = await openRecord()
  const registry = createStageRegistry(record.worker)
  const alpha = { name: 'alpha', inputSchema: { type: 'object' }, outputSchema: {}, bundle: 50 }
  await registry.register(alpha, { id: 'w-1', host: 'here', pid: 1, version: '1' })
  await registry.register({ ...alpha, bundle: 60 }, { id: 'w-2', host: 'here', pid: 2, version: '1' })

  const [paused] = await record.writer.setStagePaused('alpha', { paused: true, actor: 'ann', reason: 'noisy' })
  const beat = await registry.heartbeat('alpha', 'w-1', true)
  await registry.leave('alpha', 'w-2')
  const [view] = await record.reader.stages(record.tenantId)
  const [resumed] = await record.writer.setStagePaused('alpha', { paused: false, actor: 'ann', reason: null })

  assert.deepEqual([paused?.pausedBy, paused?.pauseReason, beat.paused], ['ann', 'noisy', true])
  assert.deepEqual([view?.bundle, view?.workers.map(({ id, version }) => [id, version])], [60, [['w-1', '1']]])
  assert.deepEqual([resumed?.paused, resumed?.pausedBy, resumed?.pausedAt], [false, null, null])
  assert.deepEqual([...(await registry.bundles())], [['alpha', 60]])
  assert.deepEqual(await record.writer.setStagePaused('nowhere', { paused: true, actor: 'ann', reason: null }), [])
  await record.shiftClock(31_000)
  assert.deepEqual((await record.reader.stages(record.tenantId))[0]?.workers, [], 'silent for 30 s')
})

test('a pause with an end is over then, and upkeep clears what it left', async () => {
  await using record = await openRecord()
  const registry = createStageRegistry(record.worker)
  await registry.register({ name: 'alpha', inputSchema: {}, outputSchema: {}, bundle: 1 }, WORKER)
  const { liftPauses } = createMaintenance(record.worker)
  const until = new Date(record.gateway.now().getTime() + 60_000).toISOString()
  const [paused] = await record.writer.setStagePaused('alpha', { paused: true, actor: 'ann', reason: null, until })
  const early = [(await registry.heartbeat('alpha', 'w-1', true)).paused, await liftPauses()]

  await record.shiftClock(61_000)

  const [view] = await record.reader.stages(record.tenantId)
  assert.deepEqual([paused?.paused, paused?.pausedUntil, early], [true, until, [true, 0]])
  assert.deepEqual([view?.paused, view?.pausedBy, view?.pausedUntil], [false, null, null])
  assert.equal((await registry.heartbeat('alpha', 'w-1', true)).paused, false)
  assert.deepEqual([await liftPauses(), await liftPauses()], [1, 0])
  assert.deepEqual(await record.sql('SELECT paused, paused_until FROM stages'), [{ paused: false, paused_until: null }])
})

test('whoever resumes all stages ends their limits and closes their breakers', async () => {
  await using record = await openRecord()
  const registry = createStageRegistry(record.worker)
  const described = { inputSchema: {}, outputSchema: {}, bundle: 1 }
  const limit = { max: 5, perMs: 1_000 }
  await registry.register({ name: 'alpha', ...described, limit }, WORKER)
  await registry.register({ name: 'beta', ...described }, WORKER)
  const why = { workerId: 'w-1', code: 'x.down', reason: 'It is down' }
  await registry.openBreaker('alpha', { baseMs: 5_000, maxMs: 60_000, ...why })
  await registry.limit('beta', { ms: 60_000, ...why })
  const [alpha, beta] = await record.reader.stages(record.tenantId)

  const resumed = await record.writer.setStagePaused(null, { paused: false, actor: 'ann', reason: null })

  assert.deepEqual([alpha?.limit, beta?.limit], [limit, null])
  assert.deepEqual([alpha?.breaker.state, alpha?.breaker.code, alpha?.breaker.times], ['open', 'x.down', 1])
  assert.ok(alpha?.breaker.nextProbeAt && alpha.breaker.since && alpha.breaker.since < alpha.breaker.nextProbeAt)
  assert.deepEqual([beta?.limited?.by, beta?.limited?.code], ['w-1', 'x.down'])
  assert.deepEqual(
    resumed.map(({ breaker, limited }) => [breaker.state, breaker.by, limited]),
    [
      ['closed', 'ann', null],
      ['closed', null, null],
    ],
  )
})

test('steps that wait for a breaker are due when it has closed, and no others', async () => {
  await using record = await openRecord()
  const registry = createStageRegistry(record.worker)
  await registry.register({ name: 'alpha', inputSchema: {}, outputSchema: {}, bundle: 1 }, WORKER)
  const { releaseWaiting } = createMaintenance(record.worker)
  const jobs = await acceptJobs(record, 4)
  const until = new Date(record.workerStore.now().getTime() + 3_600_000).toISOString()
  const waiting = (at: number, reason: string) => {
    const job = jobs[at]!
    const first = { ...job.steps['first']!, state: 'waiting' as const, until, reason }
    const after = { ...job, state: 'waiting' as const, dueAt: until, steps: { ...job.steps, first } }
    return { ...nothing, before: job, after }
  }
  await recordAll(record, [waiting(0, 'system'), waiting(1, 'rate_limited'), waiting(2, 'system')])
  const before = await releaseWaiting(10)

  await registry.openBreaker('alpha', { baseMs: 0, maxMs: 0, workerId: 'w-1', code: 'x.down', reason: 'It is down' })
  await registry.heartbeat('alpha', 'w-1', true)
  await registry.closeBreaker('alpha', 'w-1')
  const released = [await releaseWaiting(1), await releaseWaiting(1), await releaseWaiting(1), await releaseWaiting(1)]

  const due = await record.workerStore.takeDue(10)
  assert.deepEqual([before, released], [0, [1, 1, 0, 0]])
  assert.deepEqual(due.map(({ id }) => id).toSorted(), [jobs[0]!.id, jobs[2]!.id].toSorted())
  assert.ok(due.every(({ steps, revision }) => steps['first']!.until! < until && revision === jobs[0]!.revision + 2))
  assert.deepEqual(await record.sql('SELECT release_waiting FROM stages'), [{ release_waiting: false }])
})

test('triggering a stage makes its retries due at once and leaves other stages alone', async () => {
  await using record = await openRecord()
  const [retrying, elsewhere] = await acceptJobs(record, 2)
  const now = record.workerStore.now()
  const until = new Date(now.getTime() + 3_600_000).toISOString()
  const first = { ...retrying!.steps['first']!, state: 'retrying' as const, until }
  await recordAll(record, [
    {
      ...nothing,
      before: retrying!,
      after: { ...retrying!, state: 'retrying', dueAt: until, steps: { ...retrying!.steps, first } },
    },
    successOf(record.workflow, elsewhere!, 'first', {}, now),
  ])

  assert.equal(await record.writer.triggerStage(record.tenantId, 'alpha'), 1)

  const due = await record.workerStore.takeDue(10)
  assert.deepEqual(
    due.map(({ id }) => id),
    [retrying!.id],
  )
  assert.ok(due[0]!.steps['first']!.until! < until)
  assert.equal(due[0]!.revision, retrying!.revision + 2, 'a write of steps like any other')
})

test('upkeep seals what is final, once, and any later change shows', async () => {
  await using record = await openRecord()
  const jobs = await acceptJobs(record, 2)
  const now = record.workerStore.now()
  const one = successOf(record.workflow, jobs[0]!, 'first', {}, now)
  await recordAll(record, [one])
  await recordAll(record, [successOf(record.workflow, one.after, 'second', {}, now)])
  const { sealFinished } = createMaintenance(record.worker)

  assert.equal((await record.sql('SELECT FROM unsealed')).length, 1)
  assert.deepEqual([await sealFinished(10), await sealFinished(10)], [1, 0])
  assert.equal((await record.sql('SELECT FROM unsealed')).length, 0)

  const seals = () =>
    record.sql(
      'SELECT seal IS NULL AS open, seal = history_hash(tenant_id, id) AS whole FROM jobs ORDER BY seal NULLS LAST',
    )
  assert.deepEqual(await seals(), [
    { open: false, whole: true },
    { open: true, whole: null },
  ])
  await record.sql(
    `ALTER TABLE history DISABLE TRIGGER history_is_insert_only; UPDATE history SET actor = 'nobody' WHERE seq = 2`,
  )
  assert.deepEqual((await seals())[0], { open: false, whole: false })
})

test('expired keys are cleared away, a piece at a time', async () => {
  await using record = await openRecord()
  const keyed = (key: string) => record.make({ idempotency: { operation: 'submit', key, fingerprint: 'f' } })
  await record.gatewayStore.accept(record.tenantId, ['a', 'b', 'c'].map(keyed))
  const { expireIdempotencyKeys } = createMaintenance(record.worker)

  assert.equal(await expireIdempotencyKeys(2), 0)
  await record.shiftClock(25 * 3_600_000)
  await record.gatewayStore.accept(record.tenantId, [keyed('fresh')])

  assert.deepEqual([await expireIdempotencyKeys(2), await expireIdempotencyKeys(2)], [2, 1])
  assert.deepEqual(await record.sql('SELECT key FROM idempotency_keys'), [{ key: 'fresh' }])
})

const nothing = { history: [], tasks: [], closings: [], editedInputs: [], decisions: [] }
