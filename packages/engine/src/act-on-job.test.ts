import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { JobInHand } from './testing/index.ts'

const PERSON = { actor: 'person', reason: null }
const line = {
  steps: [
    { key: 'a', stage: 'alpha' },
    { key: 'b', stage: 'beta', dependsOn: ['a'] },
    { key: 'c', stage: 'gamma', dependsOn: ['b'] },
  ],
}
const branches = {
  steps: [
    { key: 'a', stage: 'alpha' },
    { key: 'b', stage: 'beta' },
    { key: 'c', stage: 'gamma', dependsOn: ['a', 'b'] },
  ],
}

/** A job whose first step stands in the given state. */
function standing(state: string): JobInHand {
  switch (state) {
    case 'queued':
      return new JobInHand(line)
    case 'processing':
      return new JobInHand(line).claim('a')
    case 'waiting':
      return new JobInHand(line).fail('a', { kind: 'rate_limited' })
    case 'retrying':
      return new JobInHand(line).fail('a')
    case 'failed':
      return new JobInHand({ ...line, onFailure: 'fail' }).fail('a', { kind: 'data' })
    case 'suspended':
      return new JobInHand(line).fail('a', { kind: 'data' })
    default:
      throw new RangeError(state)
  }
}
const OPEN = ['queued', 'processing', 'waiting', 'retrying', 'failed', 'suspended']

suite('cancel', () => {
  for (const state of OPEN) {
    test(`a job whose step is ${state} is cancelled with all its steps and tasks, and never changes again`, () => {
      const hand = standing(state).act('cancelled')

      assert.deepEqual(hand.states, { a: 'cancelled', b: 'cancelled', c: 'cancelled' })
      assert.equal(hand.job.state, 'cancelled')
      assert.deepEqual([hand.openTasks, hand.job.dueAt, hand.job.stage], [[], null, null])
      assert.deepEqual(hand.try({ kind: 'due' }), { stale: true })
      assert.equal(refusal(hand, { kind: 'retried', ...PERSON }), 'job.final')
    })
  }
})

suite('suspend', () => {
  for (const state of ['queued', 'waiting', 'retrying', 'failed']) {
    test(`a step that is ${state} goes to a person at once, and comes back with a new budget`, () => {
      const hand = standing(state).act('suspended')
      assert.equal(hand.job.state, 'suspended')
      assert.deepEqual(
        hand.openTasks.map(({ cause }) => cause),
        ['suspended'],
      )

      hand.verdict('a', 'retry')

      assert.equal(hand.step('a').attempt, 1)
      assert.deepEqual(hand.sent, ['a'])
      assert.deepEqual(hand.openTasks, [])
    })
  }

  test('a step in hand ends and is recorded; one task opens, for what follows it, and only once', () => {
    const hand = new JobInHand(line).claim('a').act('suspended')
    assert.equal(hand.step('a').state, 'processing')
    assert.equal(hand.history.at(-1)!.event, 'suspended')

    hand.succeed('a')
    assert.deepEqual(hand.states, { a: 'completed', b: 'suspended', c: 'pending' })
    assert.equal(hand.openTasks.length, 1)

    hand.verdict('b', 'retry').succeed('b')
    assert.deepEqual(hand.states, { a: 'completed', b: 'completed', c: 'queued' })
    assert.deepEqual(hand.openTasks, [])
  })

  for (const [ending, end] of [
    ['fails', (hand: JobInHand) => hand.fail('a')],
    ['is rate limited', (hand: JobInHand) => hand.fail('a', { kind: 'rate_limited' })],
    ['is given back', (hand: JobInHand) => hand.giveBack('a')],
    ['loses its worker', (hand: JobInHand) => hand.wait()],
  ] as const) {
    test(`a step in hand that ${ending} goes to a person itself, and afterwards runs on as ever`, () => {
      const hand = end(new JobInHand(line).claim('a').act('suspended'))
      assert.deepEqual(hand.states, { a: 'suspended', b: 'pending', c: 'pending' })
      assert.equal(hand.openTasks.length, 1)

      hand.verdict('a', 'retry').fail('a')
      assert.equal(hand.step('a').state, 'retrying')

      hand.wait().succeed('a')
      assert.equal(hand.step('b').state, 'queued')
    })
  }

  test('parallel branches: the queued one is suspended now, the running one ends, their child is not held twice', () => {
    const hand = new JobInHand(branches).claim('a').act('suspended')
    assert.deepEqual(hand.states, { a: 'processing', b: 'suspended', c: 'pending' })

    hand.succeed('a').verdict('b', 'retry').succeed('b')

    assert.deepEqual(hand.states, { a: 'completed', b: 'completed', c: 'queued' })
  })

  test('a job at rest has nothing to suspend', () => {
    assert.equal(refusal(standing('suspended'), { kind: 'suspended', ...PERSON }), 'job.nothing_to_suspend')
  })
})

suite('retry', () => {
  for (const state of ['suspended', 'failed', 'retrying']) {
    test(`a step that is ${state} runs again with a new budget and no open task`, () => {
      const hand = standing(state).act('retried')

      assert.deepEqual([hand.step('a').state, hand.step('a').attempt, hand.step('a').fence], ['queued', 1, 2])
      assert.deepEqual(hand.openTasks, [])
      assert.deepEqual(hand.sent, ['a'])
    })
  }

  for (const state of ['queued', 'processing', 'waiting']) {
    test(`a step that is ${state} is not retried`, () => {
      assert.equal(refusal(standing(state), { kind: 'retried', ...PERSON }), 'job.nothing_to_retry')
    })
  }

  test('a step that runs again has no output, so an old one cannot be accepted later', () => {
    const hand = new JobInHand({ steps: [{ ...line.steps[0]!, review: 'after' }] }).succeed('a', { n: 1 })
    hand.act('retried').fail('a', { kind: 'data' })

    assert.equal(refusal(hand, { kind: 'verdict', step: 'a', verdict: 'accept', ...PERSON }), 'task.output_required')
  })
})

suite('advance', () => {
  for (const state of ['queued', 'processing', 'waiting', 'retrying', 'suspended']) {
    test(`a step that is ${state} is completed by hand with the output given`, () => {
      const hand = standing(state).happen({ kind: 'advanced', output: { by: 'hand' }, ...PERSON })

      assert.deepEqual(hand.states, { a: 'completed', b: 'queued', c: 'pending' })
      const entry = hand.history.find(({ seq }) => seq === hand.step('a').output)!
      assert.deepEqual([entry.event, entry.data], ['advanced', { by: 'hand' }])
      assert.deepEqual(hand.openTasks, [])
    })
  }

  for (const [what, state, step] of [
    ['a failed step', 'failed', 'a'],
    ['a pending step', 'queued', 'b'],
    ['an unknown step', 'queued', 'zz'],
  ] as const) {
    test(`${what} is not advanced`, () => {
      const action = { kind: 'advanced' as const, step, output: {}, ...PERSON }

      assert.equal(refusal(standing(state), action), 'job.nothing_to_advance')
    })
  }

  test('conditions see what was given by hand, and refuse what is too large for them', () => {
    const when = { type: 'cel' as const, expression: 'steps.a.kind == "x"' }
    const flow = { steps: [line.steps[0]!, { ...line.steps[1]!, when }] }

    assert.equal(
      new JobInHand(flow).happen({ kind: 'advanced', output: { kind: 'x' }, ...PERSON }).step('b').state,
      'queued',
    )
    const tooLarge = { kind: 'advanced' as const, output: { kind: 'x'.repeat(2_000) }, ...PERSON }
    assert.equal(refusal(new JobInHand(flow), tooLarge), 'workflow.value_too_large')
  })
})

function refusal(hand: JobInHand, action: Parameters<JobInHand['try']>[0]): string | undefined {
  const before = hand.job
  const outcome = hand.try(action)
  assert.equal(hand.job, before)
  return 'refused' in outcome ? outcome.refused.code : undefined
}
