import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { JobInHand } from './testing/index.ts'

const PERSON = { actor: 'person', reason: 'seen' }
const when = { type: 'cel' as const, expression: 'steps.a.kind == "x"' }
const a = { key: 'a', stage: 'alpha' }
const b = { key: 'b', stage: 'beta' }
const c = { key: 'c', stage: 'gamma', dependsOn: ['a'], when }
const looked = { steps: [{ ...a, review: 'after' as const }, c] }

suite('a verdict on a step', () => {
  test('accept with a corrected output: it replaces the first, and conditions see it', () => {
    const hand = new JobInHand(looked).succeed('a', { kind: 'y' }).verdict('a', 'accept', { output: { kind: 'x' } })

    assert.deepEqual(hand.history.find(({ seq }) => seq === hand.step('a').output)!.data, { kind: 'x' })
    assert.equal(hand.step('c').state, 'queued')
  })

  test('accept as it is: the output stands, and conditions see it', () => {
    const hand = new JobInHand(looked).succeed('a', { kind: 'x' }).verdict('a', 'accept')

    assert.equal(hand.step('c').state, 'queued')
  })

  test('skip: the output is gone, and conditions see null', () => {
    const hand = new JobInHand(looked).succeed('a', { kind: 'x' }).verdict('a', 'skip')

    assert.equal(hand.step('a').output, undefined)
    assert.deepEqual(hand.job.values, {})
    assert.deepEqual(hand.states, { a: 'skipped', c: 'skipped' })
  })

  test('accept of a step that has no output needs one', () => {
    const hand = new JobInHand({ steps: [a] }).fail('a', { kind: 'data' })

    assert.equal(refusal(hand, { verdict: 'accept' }), 'task.output_required')
    assert.equal(hand.verdict('a', 'accept', { output: {} }).job.state, 'completed')
  })

  test('discard: the job is cancelled, and the tasks of parallel branches close with it', () => {
    const hand = new JobInHand({ steps: [a, b] }).fail('a', { kind: 'data' }).fail('b', { kind: 'data' })
    assert.equal(hand.openTasks.length, 2)

    hand.verdict('a', 'discard')

    assert.deepEqual(hand.states, { a: 'cancelled', b: 'cancelled' })
    assert.deepEqual(hand.openTasks, [])
    assert.deepEqual(hand.closings, [
      { step: 'a', state: 'completed', verdict: 'discard', reason: null, corrections: [] },
      { step: 'b', state: 'cancelled', verdict: null },
    ])
  })

  test('a verdict on a step that has moved on is refused, even when it rests again by now', () => {
    const hand = new JobInHand({ steps: [a] }).fail('a', { kind: 'data' })
    const { fence } = hand.step('a')
    hand.act('retried')
    assert.equal(refusal(hand, { verdict: 'skip', fence }), 'task.step_moved_on')

    hand.fail('a', { kind: 'data' })

    assert.equal(refusal(hand, { verdict: 'skip', fence }), 'task.step_moved_on')
    assert.equal(hand.verdict('a', 'skip', { fence: hand.step('a').fence }).job.state, 'completed')
  })
})

suite('a job that was routed to a person', () => {
  const routed = () => new JobInHand({ steps: [a, b, c], policy: { name: 'completeness-v2' } }, { forced: 'person' })

  test('it rests as a whole, with one intake task', () => {
    const hand = routed()

    assert.deepEqual(hand.states, { a: 'suspended', b: 'pending', c: 'pending' })
    assert.deepEqual(
      hand.openTasks.map(({ type, cause }) => [type, cause]),
      [['intake', 'intake']],
    )
    assert.deepEqual(hand.sent, [])
  })

  test('retry gives it to automation, every first step of it', () => {
    const hand = routed().verdict('a', 'retry')

    assert.deepEqual(hand.states, { a: 'queued', b: 'queued', c: 'pending' })
  })

  test('accept: what the person gave is the result, and no stage runs', () => {
    const hand = routed().verdict('a', 'accept', { output: { done: true } })

    assert.deepEqual(hand.states, { a: 'skipped', b: 'skipped', c: 'skipped' })
    assert.equal(hand.job.state, 'completed')
    assert.deepEqual(hand.history.find(({ seq }) => seq === hand.job.result)!.data, { done: true })
  })

  test('skip: it ends completed without a result', () => {
    const hand = routed().verdict('a', 'skip')

    assert.deepEqual([hand.job.state, hand.job.result], ['completed', null])
  })

  test('discard: it ends cancelled', () => {
    assert.equal(routed().verdict('a', 'discard').job.state, 'cancelled')
  })
})

function refusal(hand: JobInHand, given: object): string | undefined {
  const outcome = hand.try({ kind: 'verdict', step: 'a', verdict: 'retry', ...PERSON, ...given })
  return 'refused' in outcome ? outcome.refused.code : undefined
}
