import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serve } from '../../testing/serve.ts'

const patch = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'PATCH',
  body: JSON.stringify(body),
  headers: { 'Content-Type': 'application/json', ...headers },
})

test('a promise is changed by whoever has read its newest version; what is not named stays', async () => {
  await using served = await serve()
  const added = await served.post('/v1/sla-configs', { taskType: 'intake', limitMs: 60_000, escalatePriority: 'high' })
  const at = added.headers.get('location')!
  const etag = added.headers.get('etag')!

  const changed = await served.ask(at, patch({ limitMs: 120_000 }, { 'If-Match': etag }))
  const stale = await served.ask(at, patch({ limitMs: 180_000 }, { 'If-Match': etag }))
  const without = await served.ask(at, patch({ active: false, escalatePriority: null }))
  const any = await served.ask(at, patch({ active: true }, { 'If-Match': '*' }))

  assert.deepEqual([added.status, added.at('escalatePriority'), added.at('active')], [201, 0.8, true])
  assert.deepEqual(
    [changed.status, changed.at('limitMs'), changed.at('taskType'), changed.at('escalatePriority')],
    [200, 120_000, 'intake', 0.8],
  )
  assert.notEqual(changed.headers.get('etag'), etag)
  assert.deepEqual([stale.status, stale.at('code')], [412, 'sla.changed'])
  assert.deepEqual(
    [without.at('limitMs'), without.at('active'), without.at('escalatePriority')],
    [120_000, false, null],
  )
  assert.deepEqual([any.status, any.at('active')], [200, true])
})

test('a promise for the same tasks is refused, also by moving another there', async () => {
  await using served = await serve()
  await served.post('/v1/sla-configs', { taskType: 'intake', limitMs: 60_000 })
  const other = await served.post('/v1/sla-configs', { taskType: 'own', limitMs: 60_000 })

  const twice = await served.post('/v1/sla-configs', { taskType: 'intake', limitMs: 1_000 })
  const moved = await served.ask(other.headers.get('location')!, patch({ taskType: 'intake' }))

  assert.deepEqual([twice.status, twice.at('code')], [409, 'sla.exists'])
  assert.deepEqual([moved.status, moved.at('code')], [409, 'sla.exists'])
})

test('what belongs to tasks, stages or jobs only is refused elsewhere, and jobs stay with their workflow', async () => {
  await using served = await serve()
  const add = (about: object) => served.post('/v1/sla-configs', { limitMs: 60_000, ...about })
  const job = await add({ subject: 'job', workflow: 'part', pausesWhileWaiting: true })
  const at = job.headers.get('location')!

  const misplaced = [
    await add({ stage: 'scoring' }),
    await add({ subject: 'job', stage: 'scoring' }),
    await add({ subject: 'stage', taskType: 'intake', escalateGroup: 'leads' }),
    await served.ask(at, patch({ pausesWhileBlocked: true })),
  ]
  const moved = await served.ask(at, patch({ workflow: 'document' }))
  const shorter = await served.ask(at, patch({ limitMs: 30_000, pausesWhileWaiting: false }))

  assert.deepEqual([job.status, job.at('subject'), job.at('pausesWhileWaiting')], [201, 'job', true])
  assert.deepEqual(
    misplaced.map(({ status }) => status),
    [400, 400, 400, 400],
  )
  assert.deepEqual(
    [misplaced[2]!.at('errors.0.pointer'), misplaced[2]!.at('errors.1.pointer')],
    ['/taskType', '/escalateGroup'],
  )
  assert.deepEqual([moved.status, moved.at('errors.0.pointer')], [400, '/workflow'])
  assert.deepEqual([shorter.status, shorter.at('limitMs'), shorter.at('subject')], [200, 30_000, 'job'])
})

test('clocks are shown by the task that they belong to', async () => {
  await using served = await serve()
  const at = '2026-11-20T12:00:00.000Z'
  const times = { startedAt: at, deadline: at, pausedAt: null, pausedMs: 0, stoppedAt: null, breachedAt: null }
  const about = {
    id: 't',
    taskId: 't',
    configId: 'c',
    taskType: 'intake',
    serviceArea: null,
    workflow: null,
    limitMs: 1,
  }
  const ofTask = { subject: 'task' as const, jobId: null, step: null, stage: null }
  served.world.sla.kept = [{ ...about, ...ofTask, ...times, state: 'running', isAtRisk: true }]

  const answer = await served.ask('/v1/sla-records?state=at_risk')

  assert.deepEqual([answer.at('items.0.taskId'), answer.at('items.0.id'), answer.at('next')], ['t', undefined, null])
  assert.equal((await served.ask('/v1/sla-records?state=late')).status, 400)
})
