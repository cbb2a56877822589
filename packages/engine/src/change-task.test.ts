import type { TaskState } from '@stageline/domain'
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { changeTask, type ByWhom, type TaskAct } from './change-task.ts'
import type { TaskView } from './ports/index.ts'
import { UNTOUCHED } from './testing/index.ts'

const NOW = new Date('2026-01-01T12:00:00.000Z')
const LATER = new Date('2026-01-01T13:00:00.000Z')
const EARLIER = new Date('2026-01-01T11:00:00.000Z')

const taskWith = (about: Partial<TaskView> = {}): TaskView => ({
  ...UNTOUCHED,
  id: 'i',
  jobId: null,
  workflow: null,
  step: null,
  type: 'intake',
  cause: 'opened',
  title: 'T',
  priority: 0.5,
  evidence: {},
  createdBy: 'ann',
  createdAt: EARLIER.toISOString(),
  ...about,
})
const HELD = { state: 'in_progress', assignee: 'ben', leaseUntil: LATER.toISOString() } as const

const change = (task: Partial<TaskView>, act: TaskAct & Partial<ByWhom>) => {
  const decided = changeTask(taskWith(task), { actor: 'ann', reason: null, ...act }, NOW)
  return 'refused' in decided ? decided.refused.code : 'same' in decided ? 'same' : decided.to
}
const claim = { kind: 'claim', leaseMs: 3_600_000, takesOver: false } as const
const to = (state: TaskState) => ({ kind: 'transition', to: state }) as const

suite('a task', () => {
  test('that sleeps or is blocked wakes when it is claimed', () => {
    const claimed = change({ state: 'blocked', blockedReason: 'x', snoozedUntil: LATER.toISOString() }, claim)

    assert.deepEqual(claimed, taskWith({ ...HELD, assignee: 'ann' }))
  })

  test('assigned to somebody is claimed by another only to take over', () => {
    assert.equal(change({ assignee: 'ben' }, claim), 'held')
    assert.deepEqual(change({ assignee: 'ben' }, { ...claim, takesOver: true }), taskWith({ ...HELD, assignee: 'ann' }))
  })

  test('whose lease has ended is free', () => {
    const lapsed = { ...HELD, leaseUntil: EARLIER.toISOString() }

    assert.deepEqual(change(lapsed, claim), taskWith({ ...HELD, assignee: 'ann' }))
  })

  for (const act of [
    to('blocked'),
    to('completed'),
    { kind: 'assign', assignee: 'cy' },
    { kind: 'snooze', until: LATER },
  ] as const) {
    test(`that another holds is not theirs to ${act.kind}`, () => {
      assert.equal(change(HELD, { ...act, reason: 'r' }), 'held')
    })
  }

  test('nobody gives back what another has; what nobody has is free already', () => {
    assert.deepEqual([change(HELD, { kind: 'release' }), change({}, { kind: 'release' })], ['held', 'same'])
    assert.deepEqual(change({ ...HELD, assignee: 'ann' }, { kind: 'release' }), taskWith())
  })

  test('needs a reason to be blocked, and keeps it until it goes on', () => {
    assert.equal(change({}, to('blocked')), 'needs_reason')
    const blocked = change({}, { ...to('blocked'), reason: 'Asked' })
    assert.deepEqual(blocked, taskWith({ state: 'blocked', blockedReason: 'Asked' }))
    assert.deepEqual(change(blocked, to('in_progress')), taskWith({ state: 'in_progress', assignee: 'ann' }))
  })

  test('that a step waits for ends by a verdict only', () => {
    const review = { jobId: 'j', workflow: 'w', step: 's', state: 'in_progress', assignee: 'ann' } as const

    assert.deepEqual(
      [change(review, to('completed')), change(review, to('cancelled'))],
      ['needs_verdict', 'needs_verdict'],
    )
    assert.equal((change(review, to('new')) as TaskView).state, 'new')
  })

  test('says who ended it, when and why', () => {
    const done = change({ ...HELD, assignee: 'ann' }, { ...to('completed'), reason: 'All there' })

    assert.deepEqual(
      done,
      taskWith({
        state: 'completed',
        assignee: 'ann',
        completedAt: NOW.toISOString(),
        verdictBy: 'ann',
        verdictReason: 'All there',
      }),
    )
  })

  test('that has ended takes comments and nothing else', () => {
    const ended = { state: 'completed', completedAt: NOW.toISOString() } as const
    const acts = [claim, { kind: 'release' }, { kind: 'assign', group: 'g' }, { kind: 'snooze', until: LATER }] as const

    assert.deepEqual(
      acts.map((act) => change(ended, act)),
      ['closed', 'closed', 'closed', 'closed'],
    )
    assert.equal(change(ended, to('in_progress')), 'invalid_transition')
    assert.deepEqual(change(ended, { kind: 'comment', reason: 'Good' }), taskWith(ended))
  })

  test('given to another person begins anew; to another group it goes on', () => {
    const own = { ...HELD, assignee: 'ann' }

    assert.deepEqual(change(own, { kind: 'assign', assignee: 'cy' }), taskWith({ assignee: 'cy' }))
    assert.deepEqual(change(own, { kind: 'assign', group: 'g' }), taskWith({ ...own, group: 'g' }))
    assert.equal(change(own, { kind: 'assign', group: null }), 'same')
  })

  test('sleeps until a time to come, given back, and can be woken', () => {
    const asleep = taskWith({ snoozedUntil: LATER.toISOString() })

    assert.equal(change({}, { kind: 'snooze', until: NOW }), 'time_is_past')
    assert.deepEqual(change({ ...HELD, assignee: 'ann' }, { kind: 'snooze', until: LATER }), asleep)
    assert.deepEqual(change(asleep, { kind: 'snooze', until: null }), taskWith())
  })
})
