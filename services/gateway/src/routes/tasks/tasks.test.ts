import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256 } from '../../guard/authenticate.ts'
import { addJob, addTask, TENANT } from '../../testing/fake-world.ts'
import { serve, type Served } from '../../testing/serve.ts'

const OWN = { jobId: null, workflow: null, step: null } as const

/** The request as the owner of a key of this name. */
function as(served: Served, name: string) {
  const key = `sl_1_the-secret-of-${name}`
  served.world.keys.set(sha256(key), { id: name, tenantId: TENANT, name })
  return (path: string, body: unknown = {}) => served.post(path, body, { Authorization: `Bearer ${key}` })
}

test('a priority is given as a number or by name, and shown as both', async () => {
  await using served = await serve()
  const shown = async (priority: unknown) => {
    const { body } = await served.post('/v1/tasks', { type: 'intake', title: 'T', priority })
    return [Object(body).priority, Object(body).priorityLevel]
  }

  assert.deepEqual(
    [await shown('high'), await shown('low'), await shown(0.4), await shown(0.7), await shown(undefined)],
    [
      [0.8, 'high'],
      [0.2, 'low'],
      [0.4, 'medium'],
      [0.7, 'high'],
      [0.5, 'medium'],
    ],
  )
})

test('a task is opened once by a request that is repeated with its key', async () => {
  await using served = await serve()
  const key = { 'Idempotency-Key': 'k' }
  const body = { type: 'intake', title: 'Look at it' }

  const first = await served.post('/v1/tasks', body, key)
  const again = await served.post('/v1/tasks', body, key)
  const other = await served.post('/v1/tasks', { ...body, title: 'Another' }, key)

  assert.deepEqual(
    [first.status, again.status, again.at('id'), again.headers.get('idempotency-replayed')],
    [201, 200, first.at('id'), 'true'],
  )
  assert.deepEqual(
    [other.status, other.at('code'), other.at('taskId')],
    [422, 'idempotency.other_body', first.at('id')],
  )
})

test('a task that is opened says where it is, and times are shown in UTC', async () => {
  await using served = await serve()

  const opened = await served.post('/v1/tasks', { type: 'own-kind', title: 'T', dueAt: '2026-12-01T10:00:00+02:00' })

  assert.deepEqual([opened.status, opened.at('dueAt')], [201, '2026-12-01T08:00:00.000Z'])
  assert.equal(opened.headers.get('location'), `/v1/tasks/${String(opened.at('id'))}`)
  for (const body of [
    { type: 'X', title: 'T' },
    { type: 'x', title: ' ' },
    { type: 'x', title: 'T', priority: 2 },
  ])
    assert.equal((await served.post('/v1/tasks', body)).status, 400)
})

test('a second person sees who holds a task, and may take it over', async () => {
  await using served = await serve()
  const { id } = addTask(served.world, OWN)
  const [ann, ben] = [as(served, 'ann'), as(served, 'ben')]
  await ann(`/v1/tasks/${id}:claim`)

  const refused = await ben(`/v1/tasks/${id}:claim`)
  const foreign = await ben(`/v1/tasks/${id}:release`)
  const taken = await ben(`/v1/tasks/${id}:claim`, { takeOver: true, reason: 'Ann is on leave' })

  assert.deepEqual(
    [refused.status, refused.at('code'), refused.at('assignee'), refused.at('leaseUntil')],
    [409, 'task.held', 'ann', '2026-11-20T12:15:00.000Z'],
  )
  assert.equal(foreign.at('code'), 'task.held')
  assert.deepEqual([taken.status, taken.at('assignee')], [200, 'ben'])
})

test('a move that no edge allows names from and to', async () => {
  await using served = await serve()
  const { id } = addTask(served.world, OWN)

  const answer = await served.post(`/v1/tasks/${id}:transition`, { to: 'completed' })

  assert.deepEqual(
    [answer.status, answer.at('code'), answer.at('from'), answer.at('to'), answer.at('allowed')],
    [409, 'invalid_transition', 'new', 'completed', ['in_progress', 'blocked', 'cancelled']],
  )
})

test('to block needs a reason, and the place of what is missing is told', async () => {
  await using served = await serve()
  const { id } = addTask(served.world, OWN)

  const answer = await served.post(`/v1/tasks/${id}:transition`, { to: 'blocked' })

  assert.deepEqual([answer.status, answer.at('errors.0.pointer')], [400, '/reason'])
})

test('the history has comments and moves; a settled task takes comments only', async () => {
  await using served = await serve()
  const { id } = addTask(served.world, OWN)
  await served.post(`/v1/tasks/${id}:transition`, { to: 'cancelled', reason: 'Twice' })

  const comment = await served.post(`/v1/tasks/${id}:comment`, { text: 'It was the other one' })
  const assigned = await served.post(`/v1/tasks/${id}:assign`, { group: 'buyers' })
  const { body } = await served.ask(`/v1/tasks/${id}/history`)

  assert.deepEqual([comment.status, assigned.status, assigned.at('code')], [200, 409, 'task.closed'])
  assert.deepEqual(
    (Object(body).items as { event: string; reason: string }[]).map(({ event, reason }) => [event, reason]),
    [
      ['settled', 'Twice'],
      ['commented', 'It was the other one'],
    ],
  )
})

test('a task without a step takes no verdict, and one with a step ends by nothing else', async () => {
  await using served = await serve()
  const own = addTask(served.world, OWN)
  const review = addTask(served.world, { state: 'in_progress' })

  const verdict = await served.post(`/v1/tasks/${own.id}:resolve`, { verdict: 'accept' })
  const ended = await served.post(`/v1/tasks/${review.id}:transition`, { to: 'completed' })

  assert.deepEqual([verdict.at('code'), ended.at('code')], ['task.no_step', 'task.needs_verdict'])
})

test('who submitted a job does not complete its suspended step by hand where duties are apart', async () => {
  await using served = await serve()
  const { definition, job } = addJob(served.world)
  const suspended = {
    ...job,
    steps: { classification: { ...job.steps['classification']!, state: 'suspended' as const } },
  }
  const { id } = addJob(served.world, {
    state: 'suspended',
    actor: 'ann',
    job: suspended,
    definition: { ...definition, separateDuties: true },
  })
  const body = { step: 'classification', output: {} }
  const [ann, ben] = [as(served, 'ann'), as(served, 'ben')]

  const own = await ann(`/v1/jobs/${id}:advance`, body)
  const another = await ben(`/v1/jobs/${id}:advance`, body)

  assert.deepEqual([own.status, own.at('code'), another.status], [403, 'task.own_submission', 200])
})

test('corrections come a line a value, without what a person changes beside it, and go on behind a cursor', async () => {
  await using served = await serve()
  const about = { jobId: null, workflow: 'document', step: 'scoring', type: 'review', verdict: 'accept', reason: null }
  for (const taskId of ['1', '2']) {
    const corrections = [
      { path: '/fields/net~1total/value', from: '1', to: taskId },
      { path: '/fields/net~1total/source/page', from: 1, to: null },
      { path: '/record/mpn', from: 'A', to: 'B' },
    ]
    served.world.desk.correct({ ...about, taskId, at: '2026-11-20T12:00:00.000Z', actor: 'ann', corrections })
  }
  const lines = async (query: string) =>
    (await served.ask(`/v1/corrections${query}`)).text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>)

  const all = await lines('')
  const rest = await lines(`?after=${String(all[0]!['cursor'])}`)

  assert.deepEqual(
    all.map(({ taskId, field, original, corrected }) => [taskId, field, original, corrected]),
    [
      ['1', 'net/total', '1', '1'],
      ['1', 'mpn', 'A', 'B'],
      ['2', 'net/total', '1', '2'],
      ['2', 'mpn', 'A', 'B'],
    ],
  )
  assert.deepEqual(
    rest.map(({ taskId }) => taskId),
    ['2', '2'],
  )
})

test('a task and a plan keep what their sender calls the whole of it', async () => {
  await using served = await serve()
  const headers = { 'X-Correlation-Id': 'order-17' }
  const task = await served.post('/v1/tasks', { type: 'intake', title: 'T' }, headers)
  const plan = await served.post('/v1/plans', { title: 'P' }, headers)

  const histories = await Promise.all(
    [task, plan].map(({ headers: told }) => served.ask(`${told.get('location')}/history`)),
  )

  assert.deepEqual(
    histories.map((history) => Object(history.at('items'))[0].data),
    [{ correlationId: 'order-17' }, { correlationId: 'order-17' }],
  )
})

test('an archived plan takes no tasks, and one with open tasks is archived only with them', async () => {
  await using served = await serve()
  const plan = await served.post('/v1/plans', { title: 'P' })
  const at = plan.headers.get('location')!
  const planId = plan.at('id')
  await served.post('/v1/tasks', { type: 'intake', title: 'T', planId })

  const early = await served.post(`${at}:archive`)
  const archived = await served.post(`${at}:archive`, { cancelOpenTasks: true })
  const again = await served.post(`${at}:activate`)
  const late = await served.post('/v1/tasks', { type: 'intake', title: 'T', planId })

  assert.deepEqual([early.status, early.at('code')], [409, 'plan.open_tasks'])
  assert.deepEqual([archived.at('state'), archived.at('tasks.cancelled')], ['archived', 1])
  assert.deepEqual(
    [again.status, again.at('code'), again.at('from'), again.at('to')],
    [409, 'invalid_transition', 'archived', 'active'],
  )
  assert.deepEqual([late.status, late.at('code')], [409, 'plan.archived'])
})
