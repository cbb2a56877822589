import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { advanceJob } from './advance-job.ts'
import { JobInHand } from './testing/index.ts'

const one = { steps: [{ key: 'a', stage: 'alpha' }] }
const two = { steps: [...one.steps, { key: 'b', stage: 'beta', dependsOn: ['a'] }] }

suite("one step's life", () => {
  test('a step that succeeds at once leaves one row with three states', () => {
    const hand = new JobInHand(one).succeed('a', { sum: 3 })

    assert.deepEqual(hand.paths('a'), ['queued processing completed'])
    assert.deepEqual(pick(hand, 'a'), { state: 'completed', attempt: 1, fence: 1, deliveries: 1 })
    assert.equal(hand.job.state, 'completed')
    assert.deepEqual(hand.history.find(({ seq }) => seq === hand.job.result)?.data, { sum: 3 })
  })

  test('a step that fails twice and then succeeds counts three attempts and three fences', () => {
    const hand = new JobInHand(one).fail('a').wait().fail('a').wait().succeed('a')

    assert.deepEqual(hand.paths('a'), [
      'queued processing failed retrying',
      'queued processing failed retrying',
      'queued processing completed',
    ])
    assert.deepEqual(pick(hand, 'a'), { state: 'completed', attempt: 3, fence: 3, deliveries: 1 })
  })

  test('a step whose worker was killed is claimed at its second delivery and keeps its attempt', () => {
    const hand = new JobInHand(one).claim('a', true).succeed('a')

    assert.deepEqual(hand.paths('a'), ['queued processing completed'])
    assert.deepEqual(pick(hand, 'a'), { state: 'completed', attempt: 1, fence: 2, deliveries: 2 })
  })

  for (const claimed of [false, true]) {
    test(`a step given back on drain costs no attempt and no delivery, ${claimed ? 'claimed' : 'not claimed'}`, () => {
      const hand = new JobInHand(one)
      if (claimed) hand.claim('a')
      hand.giveBack('a').succeed('a')

      assert.deepEqual(hand.paths('a'), ['queued processing queued', 'processing completed'])
      assert.deepEqual(pick(hand, 'a'), { state: 'completed', attempt: 1, fence: claimed ? 3 : 2, deliveries: 1 })
    })
  }

  for (const kind of ['rate_limited', 'system'] as const) {
    test(`a ${kind} step waits and goes on without a new attempt, however often`, () => {
      const hand = new JobInHand(one)
      for (let i = 0; i < 6; i += 1) hand.fail('a', { kind }).wait()
      hand.succeed('a')

      assert.equal(hand.paths('a')[0], 'queued processing waiting')
      assert.deepEqual(pick(hand, 'a'), { state: 'completed', attempt: 1, fence: 7, deliveries: 1 })
    })
  }

  test('an edited input raises the fence twice and starts the budget anew', () => {
    const hand = new JobInHand(one).fail('a', { kind: 'data' }).verdict('a', 'retry', { input: { sum: 4 } })

    assert.deepEqual(pick(hand, 'a'), { state: 'queued', attempt: 1, fence: 3, deliveries: 0 })
    assert.deepEqual(hand.inputs, [{ seq: hand.step('a').input, body: { sum: 4 } }])
    assert.deepEqual(hand.succeed('a').paths('a').at(-1), 'queued processing completed')
  })
})

suite('failures', () => {
  test('the delay that the other side asks for wins, within what the plan allows', () => {
    const asked = (retryAfterMs: number) => {
      const hand = new JobInHand(one).fail('a', { kind: 'rate_limited', retryAfterMs })
      return new Date(hand.job.dueAt!).getTime() - hand.now.getTime()
    }

    assert.equal(asked(1_234), 1_234)
    assert.equal(asked(1e20), 86_400_000)
    assert.equal(asked(-5), 0)
    assert.ok(asked(Number.NaN) >= 60_000)
  })

  test('automation gives a job up after so many failures of all its steps, and only where it was routed at intake', () => {
    const two = {
      steps: [
        { key: 'a', stage: 'alpha' },
        { key: 'b', stage: 'beta', dependsOn: ['a'] },
      ],
    }
    const run = (definition: object, after: number) => {
      const hand = new JobInHand({ ...two, ...definition })
      hand.rules = { maxAutomationFailures: after }
      return hand.fail('a').wait().fail('a').wait().succeed('a').fail('b')
    }

    const routed = run({ policy: { name: 'completeness-v2' } }, 3)
    assert.deepEqual(routed.states, { a: 'completed', b: 'suspended' })
    assert.equal(routed.tasks[0]!.cause, 'automation_failures')
    assert.equal(run({ policy: { name: 'completeness-v2' } }, 4).states['b'], 'retrying')
    assert.equal(run({ policy: { name: 'completeness-v2' }, onFailure: 'fail' }, 3).states['b'], 'failed')
    assert.equal(run({ policy: { name: 'confidence-v1', after: 'b' } }, 3).states['b'], 'retrying')
    assert.equal(run({}, 3).states['b'], 'retrying')
  })

  test('a step out of attempts goes to a person, with the evidence', () => {
    const hand = new JobInHand({ ...one, retry: { maxAttempts: 2 } }).fail('a').wait().fail('a', { message: 'Gone' })

    assert.equal(hand.job.state, 'suspended')
    assert.equal(hand.tasks.length, 1)
    assert.equal(hand.tasks[0]!.cause, 'attempts_exhausted')
    assert.match(hand.tasks[0]!.title, /alpha: Gone/)
    assert.equal(hand.paths('a').at(-1), 'queued processing failed suspended')
  })

  for (const [kind, cause] of [
    ['data', 'invalid_data'],
    ['poison', 'poison'],
  ] as const) {
    test(`a ${kind} failure is not tried again`, () => {
      const hand = new JobInHand(one).fail('a', { kind })

      assert.equal(hand.step('a').state, 'suspended')
      assert.equal(hand.tasks[0]!.cause, cause)
    })
  }

  test('an optional step that cannot be done is skipped with a warning, and the job goes on', () => {
    const [a, b] = two.steps
    const hand = new JobInHand({ steps: [{ ...a!, optional: true }, b!] }).fail('a', { kind: 'data' })

    assert.deepEqual(hand.states, { a: 'skipped', b: 'queued' })
    assert.match(hand.job.warnings[0]!, /Step "a" was skipped: It broke/)
    assert.deepEqual(hand.tasks, [])
  })

  test('where the workflow says fail, the step rests as failed until a person retries it', () => {
    const hand = new JobInHand({ ...one, onFailure: 'fail' }).fail('a', { kind: 'data' })
    assert.equal(hand.job.state, 'failed')
    assert.deepEqual(hand.tasks, [])

    hand.act('retried')

    assert.deepEqual(pick(hand, 'a'), { state: 'queued', attempt: 1, fence: 2, deliveries: 0 })
    assert.equal(hand.history.at(-1)!.event, 'retried')
  })

  test('a job whose failed step is cancelled is cancelled', () => {
    const hand = new JobInHand({ ...one, onFailure: 'fail' }).fail('a', { kind: 'data' }).act('cancelled')

    assert.equal(hand.job.state, 'cancelled')
  })
})

suite('claims and time', () => {
  test('an outcome of another fence is stale and changes nothing', () => {
    const hand = new JobInHand(one).claim('a')
    const before = hand.job

    const late = hand.try({ kind: 'succeeded', step: 'a', fence: 1, startedAt: '', output: {}, worker: 'w' })

    assert.deepEqual(late, { stale: true })
    assert.equal(hand.job, before)
  })

  test('a renewal moves the lease and nothing else', () => {
    const hand = new JobInHand(one).claim('a')
    hand.now = new Date(hand.now.getTime() + 3_000)

    hand.happen({ kind: 'renewed', step: 'a', fence: 2, leaseMs: 10_000 })

    assert.equal(hand.job.dueAt, '2026-03-01T09:00:13.000Z')
    assert.equal(hand.history.length, 1)
  })

  test('a lease that runs out queues the step again, and the crash stays counted', () => {
    const hand = new JobInHand(one).claim('a').wait()

    assert.deepEqual(pick(hand, 'a'), { state: 'queued', attempt: 1, fence: 3, deliveries: 1 })
    assert.deepEqual(hand.sent, ['a'])
    assert.equal(hand.history.at(-1)!.reason, 'lease_expired')
  })

  test('a lease that nobody could renew is left alone, while what else is due goes on', () => {
    const hand = new JobInHand({
      steps: [
        { key: 'a', stage: 's' },
        { key: 'b', stage: 's' },
      ],
    })
    hand.claim('a')
    const spared = { kind: 'due', sparesClaims: true } as const
    hand.now = new Date(hand.now.getTime() + 3_600_000)
    assert.deepEqual(hand.try(spared), { stale: true })
    hand.fail('b')
    hand.now = new Date(hand.now.getTime() + 3_600_000)

    hand.happen(spared)

    assert.deepEqual(hand.sent, ['b'])
    assert.deepEqual([hand.step('a').state, hand.step('a').crashes], ['processing', undefined])
  })

  test('nothing is due before its time', () => {
    const hand = new JobInHand(one).fail('a')

    assert.deepEqual(hand.try({ kind: 'due' }), { stale: true })
  })

  test('a lost message is sent again under its fence; one that is still right is not', () => {
    const hand = new JobInHand(one)
    hand.job = { ...hand.job, steps: { a: { ...hand.step('a'), message: 'm1' } } }
    assert.deepEqual(hand.try({ kind: 'resent', messages: ['m2'] }), { stale: true })

    hand.happen({ kind: 'resent', messages: ['m1'] })

    assert.deepEqual(hand.sent, ['a'])
    assert.deepEqual(pick(hand, 'a'), { state: 'queued', attempt: 1, fence: 1, deliveries: 0 })
    assert.equal(hand.step('a').message, undefined)
  })
})

suite('what follows a step', () => {
  const join = {
    steps: [
      { key: 'a', stage: 'alpha' },
      { key: 'b', stage: 'alpha' },
      { key: 'c', stage: 'gamma', dependsOn: ['a', 'b'] },
    ],
  }

  test('a step with two parents begins when the second of them ends', () => {
    const hand = new JobInHand(join).succeed('a')
    assert.equal(hand.step('c').state, 'pending')

    hand.succeed('b')

    assert.deepEqual(hand.sent, ['c'])
  })

  test('a chain of steps that skip with their parent ends in one commit', () => {
    const hand = new JobInHand(
      {
        steps: [
          {
            key: 'a',
            stage: 'alpha',
            when: { type: 'value_check', path: '$input.go', operator: 'equals', value: true },
          },
          { key: 'b', stage: 'alpha', dependsOn: ['a'], skipWithParent: true },
          { key: 'c', stage: 'alpha', dependsOn: ['b'], skipWithParent: true },
        ],
      },
      { input: { go: false } },
    )

    assert.deepEqual(hand.states, { a: 'skipped', b: 'skipped', c: 'skipped' })
    assert.equal(hand.job.state, 'completed')
    assert.deepEqual(hand.paths('c'), ['skipped'])
  })

  test('a child of a skipped step runs unless it says otherwise', () => {
    const [a, b] = two.steps
    const when = { type: 'cel' as const, expression: 'input.total > 100' }
    const hand = new JobInHand({ steps: [{ ...a!, when }, b!] }, { input: { total: 5 } })

    assert.deepEqual(hand.states, { a: 'skipped', b: 'queued' })
  })

  test('a condition looks at the outputs of the steps before it', () => {
    const [a, b] = two.steps
    const when = { type: 'cel' as const, expression: 'steps.a.score >= 0.5' }

    assert.equal(new JobInHand({ steps: [a!, { ...b!, when }] }).succeed('a', { score: 0.6 }).step('b').state, 'queued')
    assert.equal(
      new JobInHand({ steps: [a!, { ...b!, when }] }).succeed('a', { score: 0.4 }).step('b').state,
      'skipped',
    )
  })

  test('a condition that cannot be evaluated goes to a person', () => {
    const [a, b] = two.steps
    const when = { type: 'cel' as const, expression: 'steps.a.score >= 0.5' }
    const hand = new JobInHand({ steps: [a!, { ...b!, when }] }).succeed('a', { score: 'high' })

    assert.equal(hand.step('b').state, 'suspended')
    assert.equal(hand.openTasks[0]!.cause, 'invalid_condition')
  })

  test('an output whose value is too large for a condition is a data error', () => {
    const [a, b] = two.steps
    const when = { type: 'value_check' as const, path: '$steps.a.text', operator: 'exists' as const }
    const hand = new JobInHand({ steps: [a!, { ...b!, when }] }).succeed('a', { text: 'x'.repeat(1_001) })

    assert.equal(hand.step('a').state, 'suspended')
    assert.equal(hand.history.at(-1)!.failure?.code, 'workflow.value_too_large')
  })

  test('a look before a step holds it for a person, and retry lets it run', () => {
    const hand = new JobInHand({ steps: [{ ...one.steps[0]!, review: 'before' }] })
    assert.equal(hand.openTasks[0]!.cause, 'review_before')

    hand.verdict('a', 'retry').succeed('a')

    assert.equal(hand.job.state, 'completed')
    assert.deepEqual(hand.openTasks, [])
  })

  test('a look after a step holds its output for a person, and accept lets it count', () => {
    const hand = new JobInHand({ steps: [{ ...one.steps[0]!, review: 'after' }] }).succeed('a', { n: 1 })
    assert.equal(hand.openTasks[0]!.cause, 'review_after')

    hand.verdict('a', 'accept')

    assert.equal(hand.job.state, 'completed')
    assert.deepEqual(hand.history.find(({ seq }) => seq === hand.job.result)!.data, { n: 1 })
  })

  test('a share of the confident is drawn for people, by the job: the same job always has the same lot', () => {
    const drawn = (sampleRate: number, id = 'job-1') => {
      const hand = new JobInHand({ ...one, policy: { name: 'confidence-v1', after: 'a', sampleRate } })
      hand.job = { ...hand.job, id }
      return hand.succeed('a', { completeness: 1, confidence: 1, isSample: true, errorTarget: 'ignored' })
    }

    const sample = drawn(1)
    assert.deepEqual([sample.job.state, sample.openTasks[0]?.cause], ['suspended', 'quality_sample'])
    assert.equal(drawn(0).job.state, 'completed')
    const ids = Array.from({ length: 200 }, (_, i) => `job-${i}`)
    const lots = () => ids.filter((id) => drawn(0.25, id).job.state === 'suspended')
    assert.ok(lots().length > 30 && lots().length < 70, `${lots().length} of 200`)
    assert.deepEqual(lots(), lots())
  })

  test('the policy after a step completes what is confident and holds what is doubtful', () => {
    const policy = { name: 'confidence-v1', after: 'a' }
    const judged = (confidence: number) =>
      new JobInHand({ ...one, policy }).succeed('a', { completeness: 1, confidence })

    assert.equal(judged(0.9).job.state, 'completed')
    assert.equal(judged(0.9).decisions[0]!.decision.route, 'automation')
    assert.equal(judged(0.2).openTasks[0]!.cause, 'policy')
    assert.equal(judged(0.2).decisions[0]!.step, 'a')
  })
})

test('an unknown step is a fault of the caller, and nothing is changed', () => {
  const { workflow, job, now } = new JobInHand(one)

  assert.throws(
    () =>
      advanceJob(workflow, job, { kind: 'claimed', step: 'z', fence: 1, leaseMs: 1, crashed: false, worker: 'w' }, now),
    RangeError,
  )
})

function pick(hand: JobInHand, key: string) {
  const { state, attempt, fence, deliveries } = hand.step(key)
  return { state, attempt, fence, deliveries }
}
