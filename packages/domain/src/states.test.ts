import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  canJobGo,
  isFinalJob,
  isFinalStep,
  isOpenTask,
  JOB_EDGES,
  JOB_STATES,
  STEP_EDGES,
  STEP_STATES,
  TASK_EDGES,
  TASK_STATES,
} from './states.ts'

const machines: [what: string, states: readonly string[], edges: Record<string, readonly string[]>, start: string][] = [
  ['step', STEP_STATES, STEP_EDGES, 'pending'],
  ['job', JOB_STATES, JOB_EDGES, 'created'],
  ['task', TASK_STATES, TASK_EDGES, 'new'],
]

for (const [what, states, edges, start] of machines) {
  suite(`a ${what}`, () => {
    test('reaches every state', () => {
      const reached = new Set([start])
      for (const state of reached) for (const next of edges[state]!) reached.add(next)

      assert.deepEqual([...reached].toSorted(), [...states].toSorted())
    })

    test('reaches an end from every state', () => {
      for (const state of states) {
        const reached = new Set([state])
        for (const at of reached) for (const next of edges[at]!) reached.add(next)
        assert.ok(
          [...reached].some((at) => edges[at]!.length === 0),
          state,
        )
      }
    })

    test('goes only to states that exist, and to each at most once', () => {
      for (const [from, to] of Object.entries(edges)) {
        assert.ok(states.includes(from))
        assert.equal(new Set(to).size, to.length)
        for (const state of to) assert.ok(states.includes(state) && state !== from)
      }
    })
  })
}

test('finals are final, and nothing else is', () => {
  assert.deepEqual(STEP_STATES.filter(isFinalStep), ['completed', 'skipped', 'cancelled'])
  assert.deepEqual(JOB_STATES.filter(isFinalJob), ['completed', 'cancelled'])
  assert.deepEqual(
    TASK_STATES.filter((state) => !isOpenTask(state)),
    ['completed', 'cancelled'],
  )
})

test('a job may stay as it is, never goes back to created, and never from failed straight to completed', () => {
  for (const state of JOB_STATES) {
    assert.ok(canJobGo(state, state))
    if (state !== 'created') assert.equal(canJobGo(state, 'created'), false)
  }
  assert.equal(canJobGo('failed', 'completed'), false)
})
