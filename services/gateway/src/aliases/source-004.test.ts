import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EXAMPLE } from '../routes/example-ids.ts'
import { serveExamples } from '../testing/serve-examples.ts'

const BASE = '/api/workflow'

test('a task goes its way, and a transition that is not allowed is refused with 400 and its code', async () => {
  await using served = await serveExamples()
  const intake = { task_type: 'intake', title: 'Read the form', service_area: 'housing', high_priority: true }

  const created = await served.post(`${BASE}/tasks`, intake)
  const task = `${BASE}/tasks/${String(created.at('id'))}`
  const begun = await served.post(`${task}/transition`, { new_state: 'in_progress' })
  const done = await served.post(`${task}/transition`, { new_state: 'completed' })
  const back = await served.post(`${task}/transition`, { new_state: 'in_progress' })

  assert.deepEqual([created.status, created.at('state'), created.at('priority')], [201, 'new', 'high'])
  assert.deepEqual(
    [begun.at('success'), begun.at('task.state'), done.at('task.state')],
    [true, 'in_progress', 'completed'],
  )
  assert.equal(back.status, 400)
  assert.deepEqual(back.body, {
    success: false,
    message: 'Transition from completed to in_progress not allowed',
    error_code: 'INVALID_TRANSITION',
  })
})

test('tasks are read and listed by type and state', async () => {
  await using served = await serveExamples()

  const one = await served.ask(`${BASE}/tasks/${EXAMPLE.ownTask}`)
  const listed = await served.ask(`${BASE}/tasks?state=new&limit=10`)
  const none = await served.ask(`${BASE}/tasks/nothing`)

  assert.deepEqual([one.at('task_type'), one.at('id')], ['assessment', EXAMPLE.ownTask])
  assert.equal(listed.at('count'), 2)
  assert.deepEqual([none.status, none.at('error_code'), none.at('success')], [404, 'NOT_FOUND', false])
})

test('an action plan is drafted, activated and archived, once', async () => {
  await using served = await serveExamples()

  const draft = await served.post(`${BASE}/action-plans`, { title: 'Bring in the vendor' })
  const plan = `${BASE}/action-plans/${String(draft.at('id'))}`
  const active = await served.post(`${plan}/activate`)
  const archived = await served.post(`${plan}/archive`)
  const again = await served.post(`${plan}/activate`)
  const read = await served.ask(plan)

  assert.deepEqual([draft.status, draft.at('state'), active.at('action_plan.state')], [201, 'draft', 'active'])
  assert.deepEqual([archived.at('action_plan.state'), read.at('state')], ['archived', 'archived'])
  assert.deepEqual([again.status, again.at('error_code')], [400, 'INVALID_TRANSITION'])
})

test('the machines, promises of time and statistics are told', async () => {
  await using served = await serveExamples()

  const metadata = await served.ask(`${BASE}/metadata`)
  const added = await served.post(`${BASE}/sla-configs`, { task_type: 'audit', target_hours: 2 })
  const twice = await served.post(`${BASE}/sla-configs`, { task_type: 'audit', target_minutes: 5 })
  const configs = await served.ask(`${BASE}/sla-configs`)
  const stats = await served.ask(`${BASE}/stats`)

  assert.deepEqual(metadata.at('task_states'), ['new', 'in_progress', 'blocked', 'completed', 'cancelled'])
  assert.deepEqual(metadata.at('action_plan_transitions'), {
    draft: ['active', 'archived'],
    active: ['archived'],
    archived: [],
  })
  assert.deepEqual([added.status, added.at('target_minutes')], [201, 120])
  assert.deepEqual([twice.status, twice.at('error_code'), configs.at('count')], [400, 'SLA_EXISTS', 2])
  assert.deepEqual([stats.status, stats.at('background_workers'), stats.at('sla.active')], [200, 'healthy', 0])
})
