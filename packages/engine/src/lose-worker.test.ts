import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { addressMessages } from './address-messages.ts'
import { MAX_CRASHES } from './lose-worker.ts'
import { JobInHand } from './testing/index.ts'

const one = { steps: [{ key: 'a', stage: 'x' }] }

/** The queue that the next message of the job's step travels through. */
const queueOf = ({ workflow, job, sent }: JobInHand): string | undefined =>
  addressMessages([{ workflow, job, send: sent }], () => 100).messages[0]?.stage

const crash = (hand: JobInHand, how = 'SIGKILL') =>
  hand.happen({ kind: 'crashed', step: 'a', fence: hand.step('a').fence, worker: 'w1', how, reporter: 'w2' })

suite('a step whose worker goes down', () => {
  test('is tried beside others once more, then alone in quarantine, then by a person', () => {
    const hand = new JobInHand(one)
    const queues = []
    for (let i = 0; i < MAX_CRASHES; i += 1) {
      hand.claim('a').wait()
      queues.push(queueOf(hand))
    }

    assert.deepEqual(queues, ['x', 'x-quarantine', 'x-quarantine', undefined])
    assert.equal(hand.step('a').state, 'suspended')
    assert.deepEqual(
      hand.openTasks.map(({ cause }) => cause),
      ['poison'],
    )
  })

  test('keeps its attempt, and a crash that BullMQ saw counts like one that the lease shows', () => {
    const hand = new JobInHand(one).claim('a', true).wait()

    assert.equal(hand.step('a').attempt, 1)
    assert.equal(queueOf(hand), 'x-quarantine')
    assert.deepEqual(
      hand.step('a').crashes?.map(({ how }) => how),
      ['redelivered', 'lease_expired'],
    )
  })

  test('brings the task when, how and with which worker', () => {
    const hand = new JobInHand(one)
    for (const how of ['SIGKILL', 'SIGABRT', 'exit 1', 'SIGKILL']) crash(hand.claim('a'), how)

    const { failure } = hand.openTasks[0]!.evidence as { failure: { code: string; details: { crashes: object[] } } }
    assert.equal(failure.code, 'stage.crash_loop')
    assert.deepEqual(failure.details.crashes.at(-2), { at: hand.now.toISOString(), how: 'exit 1', worker: 'w1' })
    assert.equal(failure.details.crashes.length, 4)
  })

  test('counts one crash once, whoever tells it first', () => {
    const hand = new JobInHand(one).claim('a')
    const { fence } = hand.step('a')
    crash(hand)

    const again = hand.try({ kind: 'crashed', step: 'a', fence, worker: 'w1', how: 'SIGKILL', reporter: 'w3' })

    assert.deepEqual(again, { stale: true })
    assert.deepEqual(hand.try({ kind: 'due' }), { stale: true })
    assert.equal(hand.step('a').crashes?.length, 1)
  })

  test('completes like any other when it survives quarantine', () => {
    const hand = new JobInHand(one).claim('a').wait().claim('a').wait().claim('a').succeed('a')

    assert.equal(hand.job.state, 'completed')
    assert.equal(hand.step('a').attempt, 1)
    assert.deepEqual(hand.tasks, [])
  })

  test('stays in quarantine when it is given back there, and when it is retried after an ordinary failure', () => {
    const hand = new JobInHand(one).claim('a').wait().claim('a').wait()

    const returned = queueOf(hand.claim('a').giveBack('a'))
    const retried = queueOf(hand.claim('a').fail('a').wait())

    assert.deepEqual([returned, retried], ['x-quarantine', 'x-quarantine'])
    assert.equal(hand.step('a').crashes?.length, 2)
  })

  test('is forgiven when a person has it tried again', () => {
    const hand = new JobInHand(one)
    for (let i = 0; i < MAX_CRASHES; i += 1) crash(hand.claim('a'))

    hand.verdict('a', 'retry')

    assert.equal(hand.step('a').crashes, undefined)
    assert.equal(queueOf(hand), 'x')
  })

  test('is skipped with a warning where it is optional', () => {
    const hand = new JobInHand({ steps: [{ key: 'a', stage: 'x', optional: true }] })
    for (let i = 0; i < MAX_CRASHES; i += 1) crash(hand.claim('a'))

    assert.equal(hand.step('a').state, 'skipped')
    assert.match(hand.job.warnings[0]!, /4 workers went down/)
  })
})

test('innocents share messages; what is in quarantine travels alone', () => {
  const hands = [0, 1, 2, 3].map((n) => {
    const hand = new JobInHand(one)
    return n < 2 ? hand : crash(crash(hand.claim('a')).claim('a'))
  })

  const { messages } = addressMessages(
    hands.map(({ workflow, job, sent }) => ({ workflow, job, send: sent })),
    () => 100,
  )

  assert.deepEqual(
    messages.map(({ stage, steps }) => [stage, steps.length]),
    [
      ['x', 2],
      ['x-quarantine', 1],
      ['x-quarantine', 1],
    ],
  )
})
