import type { Job, WorkflowDefinitionInput } from '@stageline/domain'
import { canJobGo, canStepGo, ERROR_KINDS, isFinalJob, VERDICTS } from '@stageline/domain'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { advanceJob } from './advance-job.ts'
import type { Happening } from './happening.ts'
import { JobInHand } from './testing/index.ts'

const PERSON = { actor: 'person', reason: null }

type Flow = Omit<WorkflowDefinitionInput, 'key'>

const FLOWS: readonly Flow[] = [
  { steps: [{ key: 'a', stage: 'x' }] },
  {
    steps: [
      { key: 'a', stage: 'x', optional: true },
      { key: 'b', stage: 'x', review: 'before' },
      { key: 'c', stage: 'y', dependsOn: ['a', 'b'], review: 'after' },
      { key: 'd', stage: 'y', dependsOn: ['a'], skipWithParent: true },
      { key: 'e', stage: 'z', dependsOn: ['c', 'd'], when: { type: 'cel', expression: 'steps.c.n > 2' } },
    ],
  },
  {
    steps: [
      { key: 'a', stage: 'x' },
      { key: 'b', stage: 'x', dependsOn: ['a'], retry: { maxAttempts: 2 } },
      { key: 'c', stage: 'y', dependsOn: ['a'] },
      { key: 'd', stage: 'y', dependsOn: ['b', 'c'] },
    ],
    onFailure: 'fail',
  },
  {
    steps: [
      { key: 'a', stage: 'x' },
      { key: 'b', stage: 'x' },
      { key: 'c', stage: 'y', dependsOn: ['b'] },
    ],
    policy: { name: 'completeness-v2' },
  },
  {
    steps: [
      { key: 'a', stage: 'x', queueTimeoutMs: 5_000 },
      { key: 'b', stage: 'x', queueTimeoutMs: 5_000, optional: true },
      { key: 'c', stage: 'y', dependsOn: ['b'] },
    ],
    timeoutMs: 60_000,
  },
  {
    steps: [
      { key: 'a', stage: 'x', queueTimeoutMs: 5_000 },
      { key: 'b', stage: 'x', optional: true },
    ],
    onFailure: 'fail',
    timeoutMs: 30_000,
  },
  {
    steps: [
      { key: 'a', stage: 'x' },
      { key: 'b', stage: 'x', dependsOn: ['a'] },
    ],
    policy: { name: 'confidence-v1', after: 'a' },
  },
]

/** What may happen, told before it is known which steps and fences the job will have by then. */
const Move = fc.record({
  what: fc.constantFrom(
    ...(['claimed', 'renewed', 'succeeded', 'failed', 'returned', 'crashed', 'due', 'resent', 'verdict'] as const),
    ...(['succeeded', 'failed', 'due', 'verdict', 'suspended', 'retried', 'advanced', 'cancelled'] as const),
  ),
  step: fc.nat(4),
  /** How far the fence lies behind: an outcome that comes too late. */
  behind: fc.constantFrom(0, 0, 0, 0, 1),
  passMs: fc.constantFrom(0, 0, 500, 10_000, 90_000),
  kind: fc.constantFrom(...ERROR_KINDS),
  verdict: fc.constantFrom(...VERDICTS),
  output: fc.constantFrom({}, { n: 3 }, { n: 'many' }, { completeness: 1, confidence: 0.9 }),
  isGiven: fc.boolean(),
})
type Move = typeof Move extends fc.Arbitrary<infer One> ? One : never

const Story = fc.record({
  flow: fc.constantFrom(...FLOWS),
  isForced: fc.boolean(),
  moves: fc.array(Move, { minLength: 1, maxLength: 40 }),
})

function happeningOf(move: Move, hand: JobInHand): Happening {
  const keys = Object.keys(hand.job.steps)
  const step = keys[move.step % keys.length]!
  const fence = hand.step(step).fence - move.behind
  const startedAt = hand.now.toISOString()
  const given = move.isGiven ? { output: move.output, input: { edited: true } } : {}
  switch (move.what) {
    case 'claimed':
      return { kind: 'claimed', step, fence, leaseMs: 10_000, crashed: move.isGiven, worker: 'w' }
    case 'crashed':
      return { kind: 'crashed', step, fence, worker: 'w', how: 'SIGKILL', reporter: 'w' }
    case 'renewed':
      return { kind: 'renewed', step, fence, leaseMs: 10_000, ...(move.isGiven ? { checkpoint: { n: 1 } } : {}) }
    case 'succeeded':
      return { kind: 'succeeded', step, fence, startedAt, output: move.output, worker: 'w' }
    case 'failed': {
      const failure = { kind: move.kind, code: 'x.y', message: 'm' }
      return { kind: 'failed', step, fence, startedAt, failure, worker: 'w' }
    }
    case 'returned':
      return { kind: 'returned', step, fence, worker: 'w' }
    case 'due':
      return { kind: 'due' }
    case 'resent':
      return { kind: 'resent', messages: [hand.step(step).message ?? 'none'] }
    case 'verdict':
      return { kind: 'verdict', step, verdict: move.verdict, ...given, ...PERSON }
    case 'advanced':
      return { kind: 'advanced', ...(move.isGiven ? { step } : {}), output: move.output, ...PERSON }
    default:
      return { kind: move.what, ...PERSON }
  }
}

type Told = { happening: Happening; now: Date; before: Job }

/** Plays a story and calls `look` after each move that fitted. */
function play({ flow, isForced, moves }: StoryTold, look: (hand: JobInHand, told: Told) => void): JobInHand {
  const hand = new JobInHand(flow, isForced ? { forced: 'person' } : {})
  hand.job = addressed(hand.job, hand.sent)
  for (const move of moves) {
    hand.now = new Date(hand.now.getTime() + move.passMs)
    const told = { happening: happeningOf(move, hand), now: hand.now, before: hand.job }
    const outcome = hand.try(told.happening)
    if ('job' in outcome) hand.job = addressed(hand.job, outcome.send)
    look(hand, told)
  }
  return hand
}
type StoryTold = { flow: Flow; isForced: boolean; moves: Move[] }

/** What is to be sent has a message from then on, as the recorder sees to it. */
function addressed(job: Job, send: readonly string[]): Job {
  const steps = { ...job.steps }
  for (const key of send) steps[key] = { ...steps[key]!, message: `m-${key}-${steps[key]!.fence}` }
  return { ...job, steps }
}

function always(name: string, look: (hand: JobInHand, told: Told) => void): void {
  void test(name, () =>
    fc.assert(
      fc.property(Story, (story) => void play(story, look)),
      { numRuns: 400 },
    ),
  )
}

always('no happening takes a step or a job along an edge that does not exist', (hand, { before }) => {
  const news = hand.history.filter(({ seq }) => seq > before.seq)
  for (const [key, step] of Object.entries(before.steps)) {
    const entered = enteredOf(before, key)
    const walked = [
      ...news.filter((one) => one.step === key).flatMap((one) => [...one.path]),
      ...enteredOf(hand.job, key),
    ]
    const fresh = walked.slice(entered.length)
    ;[step.state, ...fresh].reduce((from, to) => {
      assert.ok(canStepGo(from, to), `${key}: ${from} to ${to}`)
      return to
    })
    assert.equal(fresh.at(-1) ?? step.state, hand.job.steps[key]!.state)
  }
  for (const { jobFrom, jobTo } of news) assert.ok(canJobGo(jobFrom, jobTo), `job: ${jobFrom} to ${jobTo}`)
  assert.ok(canJobGo(before.state, hand.job.state))
})

const enteredOf = (job: Job, key: string) => (job.steps[key]!.entered ?? []).map(([state]) => state)

always(
  'a fence never goes down, and goes up at each entry into queued and each claim',
  (hand, { before, happening }) => {
    for (const [key, step] of Object.entries(hand.job.steps)) {
      assert.ok(step.fence >= before.steps[key]!.fence)
      const isClaim =
        happening.kind === 'claimed' && before.steps[key]!.state === 'queued' && step.state === 'processing'
      const enters = step.state === 'queued' && before.steps[key]!.state !== 'queued'
      if (isClaim || enters) assert.ok(step.fence > before.steps[key]!.fence, key)
    }
  },
)

always('the history has no gap, and its last entry says where the job stands', (hand, { before }) => {
  assert.deepEqual(
    hand.history.map(({ seq }) => seq),
    hand.history.map((_, i) => i + 1),
  )
  assert.equal(hand.job.seq, hand.history.length)
  // A claim alone leaves no entry, though people see the job as processing from then on.
  if (hand.job.seq > before.seq) assert.equal(hand.history.at(-1)!.jobTo, hand.job.state)
})

always('each suspended step has exactly one open task, and no other step has one', (hand) => {
  const suspended = Object.entries(hand.job.steps).flatMap(([key, { state }]) => (state === 'suspended' ? [key] : []))
  assert.deepEqual(hand.openTasks.map(({ step }) => step).toSorted(), suspended.toSorted())
  for (const key of Object.keys(hand.job.steps)) {
    const opened = hand.tasks.filter(({ step }) => step === key).length
    const closed = hand.closings.filter(({ step }) => step === key).length
    assert.equal(opened - closed, suspended.includes(key) ? 1 : 0, key)
  }
})

always('there is a timer exactly while something waits for its time', (hand) => {
  const { dueAt, deadline, steps } = hand.job
  const states = Object.values(steps)
  const timers = [...states.map(({ until }) => until), deadline ?? undefined].filter((time) => time !== undefined)
  assert.equal(dueAt, timers.toSorted((a, b) => (a < b ? -1 : 1))[0] ?? null)
  for (const [key, { state, until }] of Object.entries(steps)) {
    const isLimited = hand.workflow.steps.get(key)!.definition.queueTimeoutMs !== undefined
    const isTimed = ['waiting', 'retrying', 'processing'].includes(state) || (state === 'queued' && isLimited)
    assert.equal(until !== undefined, isTimed)
  }
})

always('a queued step has a message, and only a queued one', (hand) => {
  for (const { state, message } of Object.values(hand.job.steps))
    assert.equal(message !== undefined, state === 'queued')
})

always('a final job never changes', (hand, { before }) => {
  if (isFinalJob(before.state)) assert.equal(hand.job, before)
})

always('a job that is not final always has something that moves it: a queue, a timer, or a person', (hand) => {
  if (isFinalJob(hand.job.state)) return
  const states = new Set(Object.values(hand.job.steps).map(({ state }) => state))
  assert.ok(
    ['queued', 'processing', 'waiting', 'retrying', 'suspended', 'failed'].some((one) => states.has(one as never)),
  )
})

test('the same happenings at the same times rebuild the same job', () => {
  fc.assert(
    fc.property(Story, (story) => {
      const told: Told[] = []
      const { job: first, sent } = new JobInHand(story.flow, story.isForced ? { forced: 'person' } : {})
      const hand = play(story, (_, one) => void told.push(one))
      const start = { ...addressed(first, sent), id: hand.job.id }

      const again = told.reduce((job, { happening, now }) => {
        const outcome = advanceJob(hand.workflow, job, happening, now)
        return 'job' in outcome ? addressed(outcome.job, outcome.send) : job
      }, start)

      assert.deepEqual(again, hand.job)
    }),
    { numRuns: 200 },
  )
})
