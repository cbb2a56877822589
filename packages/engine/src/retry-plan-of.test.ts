import type { ErrorKind, RetryPlan } from '@stageline/domain'
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { retryPlanOf } from './retry-plan-of.ts'
import { JobInHand, MemoryWorkflowCatalog } from './testing/index.ts'

const LAYERS = ['job', 'step', 'stage', 'workflow', 'environment'] as const
type Layer = (typeof LAYERS)[number]

/** The plan of a step where each of these layers says its own number of tries, counted from 10. */
function planOf(speaking: readonly Layer[]) {
  const says = (layer: Layer): RetryPlan | undefined =>
    speaking.includes(layer) ? { maxAttempts: 10 + LAYERS.indexOf(layer) } : undefined
  const [ofStep, ofWorkflow] = [says('step'), says('workflow')]
  const step = { key: 'a', stage: 'alpha', ...(ofStep ? { retry: ofStep } : {}) }
  const workflow = new MemoryWorkflowCatalog().save({
    key: 'flow',
    steps: [step],
    ...(ofWorkflow ? { retry: ofWorkflow } : {}),
  })
  const retry = { stage: says('stage'), environment: says('environment') }
  return retryPlanOf(workflow, 'a', says('job'), { retry })
}

suite('the retry plan of a step', () => {
  for (const [i, layer] of LAYERS.entries()) {
    test(`is what the ${layer} says when nothing before it says anything`, () => {
      assert.equal(planOf(LAYERS.slice(i)).maxAttempts, 10 + i)
      assert.equal(planOf([layer]).maxAttempts, 10 + i)
    })
  }

  test('is four tries where nobody says anything', () => {
    assert.equal(planOf([]).maxAttempts, 4)
  })
})

suite('the delay after a failure', () => {
  const BASE_S: Partial<Record<ErrorKind, number>> = { transient: 5, unknown: 60, rate_limited: 60, system: 15 }
  const one = { steps: [{ key: 'a', stage: 'alpha' }] }
  const delayMs = (hand: JobInHand) => new Date(hand.job.dueAt!).getTime() - hand.now.getTime()

  for (const [kind, base] of Object.entries(BASE_S) as [ErrorKind, number][]) {
    test(`of kind ${kind} begins with ${base} s, and with what the plan says where it says something`, () => {
      const plain = delayMs(new JobInHand(one).fail('a', { kind }))
      const planned = delayMs(new JobInHand({ ...one, retry: { baseMs: 1_000 } }).fail('a', { kind }))

      assert.ok(plain >= base * 1_000 && plain <= base * 1_200, `${plain}`)
      assert.ok(planned >= 1_000 && planned <= 1_200, `${planned}`)
    })
  }

  for (const kind of ['transient', 'unknown'] as const) {
    test(`of kind ${kind} grows by the multiplier with each attempt`, () => {
      const hand = new JobInHand({ ...one, retry: { baseMs: 10_000, multiplier: 3 } })
      const delays = [1, 2, 3].map(() => {
        const delay = delayMs(hand.fail('a', { kind }))
        hand.wait()
        return delay
      })

      assert.deepEqual(
        delays.map((delay, i) => delay >= 10_000 * 3 ** i && delay <= 12_000 * 3 ** i),
        [true, true, true],
        delays.join(', '),
      )
    })
  }

  for (const kind of ['rate_limited', 'system'] as const) {
    test(`of kind ${kind} does not grow: it is no attempt`, () => {
      const hand = new JobInHand({ ...one, retry: { baseMs: 10_000 } })
      for (let i = 0; i < 5; i += 1) hand.fail('a', { kind }).wait()

      assert.ok(delayMs(hand.fail('a', { kind })) <= 12_000)
    })
  }
})
