import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { JobInHand } from './testing/index.ts'

const a = { key: 'a', stage: 'alpha' }
const b = { key: 'b', stage: 'beta', dependsOn: ['a'] }
const patient = { ...a, queueTimeoutMs: 5_000 }

suite('a step that waits too long in the queue', () => {
  test('goes to a person, and says why', () => {
    const hand = new JobInHand({ steps: [patient, b] }).wait()

    assert.equal(hand.step('a').state, 'suspended')
    assert.deepEqual(hand.paths('a'), ['queued waiting failed suspended'])
    assert.equal(hand.history.at(-1)!.failure!.code, 'step.queue_timeout')
    assert.deepEqual([hand.openTasks[0]!.cause, hand.openTasks[0]!.evidence['attempt']], ['queue_timeout', 1])
  })

  test('has 5 s to be begun, not less', () => {
    const hand = new JobInHand({ steps: [patient] })
    hand.now = new Date(hand.now.getTime() + 4_999)

    assert.deepEqual(hand.try({ kind: 'due' }), { stale: true })
  })

  test('is not wanted any more from a worker that begins it later', () => {
    const hand = new JobInHand({ steps: [patient] }).wait()
    const late = { step: 'a', fence: 1, startedAt: hand.now.toISOString(), worker: 'w' }

    assert.deepEqual(hand.try({ kind: 'claimed', step: 'a', fence: 1, leaseMs: 1, crashed: false, worker: 'w' }), {
      stale: true,
    })
    assert.deepEqual(hand.try({ kind: 'succeeded', output: {}, ...late }), { stale: true })
  })

  test('waits no longer once a worker has begun it, and anew after each try', () => {
    const hand = new JobInHand({ steps: [patient] }).claim('a')
    assert.equal(hand.step('a').until, '2026-03-01T09:00:10.000Z')

    hand.giveBack('a')

    assert.equal(hand.step('a').until, '2026-03-01T09:00:05.000Z')
  })

  test('is skipped with a warning where it is optional', () => {
    const hand = new JobInHand({ steps: [{ ...patient, optional: true }, b] }).wait()

    assert.deepEqual(hand.states, { a: 'skipped', b: 'queued' })
    assert.match(hand.job.warnings[0]!, /Step "a" was skipped: No worker began the step within 5000 ms/)
  })

  test('rests as failed where the workflow says so, until a person retries it', () => {
    const hand = new JobInHand({ steps: [patient], onFailure: 'fail' }).wait()
    assert.deepEqual([hand.job.state, hand.job.dueAt, hand.tasks], ['failed', null, []])

    hand.act('retried')

    assert.deepEqual([hand.step('a').state, hand.step('a').until], ['queued', '2026-03-01T09:00:10.000Z'])
  })
})

suite('a job that takes too long', () => {
  const limited = { steps: [a, b], timeoutMs: 60_000 }

  for (const [state, bring] of [
    ['queued', (hand: JobInHand) => hand],
    ['processing', (hand: JobInHand) => hand.claim('a')],
    ['waiting', (hand: JobInHand) => hand.fail('a', { kind: 'rate_limited', retryAfterMs: 90_000 })],
    ['retrying', (hand: JobInHand) => hand.fail('a')],
  ] as const) {
    test(`goes to a person from ${state}, once`, () => {
      const hand = bring(new JobInHand({ ...limited, timeoutMs: 9_000 }))

      hand.wait()

      assert.deepEqual(hand.states, { a: 'suspended', b: 'pending' })
      assert.deepEqual(
        hand.openTasks.map(({ cause }) => cause),
        ['job_timeout'],
      )
      assert.deepEqual(
        hand.history.filter(({ event }) => event === 'timed_out').map(({ step, reason }) => [step, reason]),
        [[null, 'job.timeout']],
      )
      assert.equal(hand.history.at(-1)!.failure!.code, 'job.timeout')
      assert.deepEqual([hand.job.deadline, hand.job.dueAt], [null, null])
    })
  }

  test('drops the outcome of the worker that still has its step', () => {
    const hand = new JobInHand({ ...limited, timeoutMs: 9_000 }).claim('a').wait()
    const late = { step: 'a', fence: 2, startedAt: hand.now.toISOString(), worker: 'w' }

    assert.deepEqual(hand.try({ kind: 'succeeded', output: {}, ...late }), { stale: true })
    assert.deepEqual(hand.try({ kind: 'renewed', step: 'a', fence: 2, leaseMs: 10_000 }), { stale: true })
  })

  test('may take as long as the submission says, rather than the workflow', () => {
    const hand = new JobInHand(limited, { timeoutMs: 5_000 })

    assert.equal(hand.job.deadline, '2026-03-01T09:00:05.000Z')
  })

  test('has its own time beside the timers of its steps', () => {
    const hand = new JobInHand(limited).claim('a')

    assert.equal(hand.job.dueAt, '2026-03-01T09:00:10.000Z')
  })

  test('skips its optional steps with a warning, and holds what would follow for a person', () => {
    const hand = new JobInHand({ ...limited, steps: [{ ...a, optional: true }, b] }).wait()

    assert.deepEqual(hand.states, { a: 'skipped', b: 'suspended' })
    assert.equal(hand.openTasks[0]!.cause, 'suspended')
    assert.match(hand.job.warnings[0]!, /The job was not done by 2026-03-01T09:01:00.000Z/)
  })

  test('rests as failed where the workflow says so', () => {
    const hand = new JobInHand({ ...limited, onFailure: 'fail' }).wait()

    assert.deepEqual([hand.states, hand.tasks], [{ a: 'failed', b: 'pending' }, []])
  })

  test('is left to the person who has it already', () => {
    const hand = new JobInHand(limited).fail('a', { kind: 'data' }).wait()

    assert.equal(hand.history.at(-1)!.event, 'timed_out')
    assert.deepEqual(
      hand.openTasks.map(({ cause }) => cause),
      ['invalid_data'],
    )
  })

  test('has no limit any more when a person goes on with it', () => {
    const hand = new JobInHand(limited).wait().verdict('a', 'retry')

    assert.deepEqual([hand.step('a').state, hand.job.dueAt], ['queued', null])
  })

  test('that is done in time leaves no timer behind', () => {
    const hand = new JobInHand(limited).succeed('a').succeed('b')

    assert.deepEqual([hand.job.state, hand.job.deadline, hand.job.dueAt], ['completed', null, null])
  })
})

suite('what a handler leaves for the next try', () => {
  const left = { page: 3 }
  const working = () =>
    new JobInHand({ steps: [a] })
      .claim('a')
      .happen({ kind: 'renewed', step: 'a', fence: 2, leaseMs: 10_000, checkpoint: left })

  test('stays through a retry, a crash of the worker, a return, and a person who retries', () => {
    const after = {
      retry: working().fail('a').wait(),
      crash: working().wait(),
      return: working().giveBack('a'),
      verdict: working().fail('a', { kind: 'data' }).verdict('a', 'retry'),
    }

    for (const [how, hand] of Object.entries(after)) {
      assert.deepEqual([hand.step('a').state, hand.step('a').checkpoint], ['queued', left], how)
    }
  })

  test('goes when the step ends, and when a person gives it another input', () => {
    assert.equal(working().succeed('a').step('a').checkpoint, undefined)
    assert.equal(working().act('cancelled').step('a').checkpoint, undefined)
    const edited = working()
      .fail('a', { kind: 'data' })
      .verdict('a', 'retry', { input: { n: 2 } })
    assert.equal(edited.step('a').checkpoint, undefined)
  })

  test('is not stored under another fence', () => {
    const hand = working()

    assert.deepEqual(hand.try({ kind: 'renewed', step: 'a', fence: 1, leaseMs: 1, checkpoint: 'late' }), {
      stale: true,
    })
  })
})

suite('who works a step', () => {
  test('stands in the step while it is claimed', () => {
    const hand = new JobInHand({ steps: [a] }).claim('a')
    assert.equal(hand.step('a').worker, 'worker')

    assert.equal(hand.fail('a').step('a').worker, undefined)
  })
})

suite('a failure that nobody catches', () => {
  const failing = { steps: [{ ...a, retry: { maxAttempts: 1 } }, { key: 's', stage: 'beta' }, b] }

  test('lets the other branches go on, whatever becomes of the step', () => {
    for (const onFailure of ['review', 'fail'] as const) {
      const hand = new JobInHand({ ...failing, onFailure }).fail('a').succeed('s')

      assert.deepEqual(hand.states, { a: onFailure === 'fail' ? 'failed' : 'suspended', s: 'completed', b: 'pending' })
    }
  })

  test('skips an optional step when its attempts are used up, also where the workflow says fail', () => {
    const [first, ...others] = failing.steps
    const hand = new JobInHand({ steps: [{ ...first!, optional: true }, ...others], onFailure: 'fail' }).fail('a')

    assert.deepEqual(hand.states, { a: 'skipped', s: 'queued', b: 'queued' })
    assert.equal(hand.job.warnings.length, 1)
  })
})
