import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  BUILT_IN_TRIGGERS,
  compileTrigger,
  fillText,
  fillTree,
  TriggerDefinition,
  type TriggerEntry,
} from './trigger.ts'

const entry = (about: Partial<TriggerEntry> = {}): TriggerEntry => ({
  subject: 'task',
  subjectId: '019a0000-0000-7000-8000-000000000001',
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
  serviceArea: null,
  priority: 0.5,
  traceparent: null,
  correlationId: null,
  ...about,
})

const definition = (about: object) =>
  TriggerDefinition.safeParse({ key: 'k', on: ['task.*'], actions: [{ kind: 'emit_alert', title: 'T' }], ...about })
const problems = (about: object) => definition(about).error?.issues.map(({ path }) => path.join('/'))

test('an entry fits by its event and its predicate', () => {
  const fits = compileTrigger({ on: ['task.settled'], when: 'entry.taskType == "intake" && entry.data.rank > 3' })

  assert.equal(fits(entry({ data: { rank: 4 } })), true)
  assert.equal(fits(entry({ data: { rank: 3 } })), false)
  assert.equal(fits(entry({ data: { rank: 4 }, event: 'opened' })), false)
  assert.equal(compileTrigger({ on: ['task.*'] })(entry({ event: 'opened' })), true)
  assert.equal(compileTrigger({ on: ['plan.*'] })(entry()), false)
})

test('a value that is not there is null; a predicate that cannot work with what is there throws', () => {
  assert.equal(compileTrigger({ on: ['task.*'], when: 'entry.data.verdict == "accept"' })(entry()), false)
  assert.throws(() => compileTrigger({ on: ['task.*'], when: 'entry.title > 3' })(entry()))
})

test('a predicate is refused where it does not parse, names other things or could take for ever', () => {
  for (const when of ['entry.to ==', 'input.total > 3', 'entry.title.matches("a*")', '1 + 2', 'entry == null'])
    assert.deepEqual(problems({ when }), ['when'], when)
})

test('only events of tasks have a task to move', () => {
  const actions = [{ kind: 'update_task_state', to: 'cancelled' }]

  assert.equal(problems({ actions }), undefined)
  assert.deepEqual(problems({ actions, on: ['task.*', 'plan.moved'] }), ['actions/0/kind'])
  assert.deepEqual(problems({ on: ['tasks.settled'] }), ['on/0'])
})

test('texts name values of the entry, and only those', () => {
  const of = entry({ data: { lines: [1, 2] } })

  assert.equal(
    fillText('{entry.title} / {entry.reason} / {entry.data.lines} / {input.x}', of),
    'New vendor /  / [1,2] / {input.x}',
  )
  assert.equal(fillText('{entry.constructor}', of), '')
  assert.equal(fillText('{entry.title}', of, 3), 'New')
  assert.deepEqual(fillTree({ a: ['{entry.data.lines}'], b: 'x{entry.seq}', c: 1, d: '{entry.none}' }, of), {
    a: [[1, 2]],
    b: 'x2',
    c: 1,
    d: null,
  })
})

test('the built-in triggers are definitions, and fit what they are for', () => {
  for (const built of BUILT_IN_TRIGGERS) assert.deepEqual(TriggerDefinition.parse(built), built)
  const [intake, plan, failure] = BUILT_IN_TRIGGERS.map(compileTrigger)

  assert.deepEqual(
    [intake!(entry()), intake!(entry({ to: 'cancelled' })), intake!(entry({ taskType: 'review' }))],
    [true, false, false],
  )
  const moved = entry({ subject: 'plan', event: 'moved', taskType: null })
  assert.deepEqual([plan!({ ...moved, to: 'active' }), plan!({ ...moved, to: 'archived' })], [true, false])
  const failed = entry({ subject: 'job', event: 'step', to: 'suspended', code: 'extraction.empty' })
  assert.deepEqual(
    [failure!(failed), failure!({ ...failed, code: null }), failure!({ ...failed, to: 'retrying' })],
    [true, false, false],
  )
})
