import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LoadedJob } from './ports/index.ts'
import { readsOf } from './reads.ts'
import { RecentJobs } from './recent-jobs.ts'
import { JobInHand } from './testing/job-in-hand.ts'

const STEPS = [
  { key: 'read', stage: 'reading' },
  { key: 'rate', stage: 'rating', dependsOn: ['read'] },
  { key: 'file', stage: 'filing', dependsOn: ['rate'] },
]
const INPUT = { text: 'A bill' }

function setup(stages: string[] = ['reading', 'rating']) {
  const clock = { ms: 0 }
  const recent = new RecentJobs({ stages: new Set(stages), elapsed: () => clock.ms })
  const one = new JobInHand({ steps: STEPS }, { input: INPUT })
  const loaded = (outputs: LoadedJob['outputs']) => readsOf({ input: INPUT, outputs })
  const refOf = (step: string) => ({ tenantId: 't', jobId: one.job.id, step, fence: one.step(step).fence })
  return { recent, one, loaded, refOf, clock }
}

/** The first step has ended, and the process that worked it remembers. */
function afterReading(stages?: string[]) {
  const given = setup(stages)
  const { recent, one, loaded } = given
  one.succeed('read', { kind: 'bill' })
  recent.remember(one.workflow, one.job, loaded({}), { step: 'read', output: { kind: 'bill', gone: undefined } })
  return given
}

test('a job comes back as the record would give it, with what its last step made', () => {
  const { recent, one, refOf } = afterReading()

  assert.deepEqual(recent.recall(refOf('rate')), {
    job: one.job,
    input: INPUT,
    outputs: { read: { kind: 'bill' } },
  })
})

test('what a handler does to its input is not seen by the next', () => {
  const { recent, refOf } = afterReading()
  const first = recent.recall(refOf('rate'))!
  first.input['text'] = 'changed'

  assert.equal(recent.recall(refOf('rate'))!.input['text'], 'A bill')
})

test('nothing is remembered for stages that others work', () => {
  const { recent, refOf } = afterReading(['reading', 'filing'])

  assert.equal(recent.recall(refOf('rate')), undefined)
})

test('nothing is known of another fence, another tenant, or a step that is not queued', () => {
  const { recent, refOf } = afterReading()

  const asked = [{ ...refOf('rate'), fence: 2 }, { ...refOf('rate'), tenantId: 'u' }, refOf('read'), refOf('file')]
  assert.deepEqual(
    asked.map((ref) => recent.recall(ref)),
    [undefined, undefined, undefined, undefined],
  )
})

test('a step whose input a person has edited is loaded', () => {
  const { recent, one, loaded, refOf } = setup()
  one.succeed('read').fail('rate', { kind: 'data' })
  one.verdict('rate', 'retry', { input: { text: 'Another bill' } })
  recent.remember(one.workflow, one.job, loaded({}), { step: 'read', output: {} })

  assert.equal(one.step('rate').state, 'queued')
  assert.equal(recent.recall(refOf('rate')), undefined)
})

test('what was remembered is forgotten when the job goes on elsewhere, or after half a minute', () => {
  const { recent, one, loaded, refOf, clock } = afterReading()
  const ref = refOf('rate')
  clock.ms = 30_001
  const late = recent.recall(ref)
  clock.ms = 0
  one.succeed('rate')
  recent.remember(one.workflow, one.job, loaded({}), { step: 'rate', output: {} })

  assert.deepEqual([late, recent.recall(ref)], [undefined, undefined])
})

test('the oldest make room where there is too much to remember', () => {
  const recent = new RecentJobs({ stages: new Set(['rating']) })
  const jobs = Array.from({ length: 40 }, () => {
    const one = new JobInHand({ steps: STEPS }).succeed('read')
    const input = { text: 'x'.repeat(1_000_000) }
    recent.remember(one.workflow, one.job, readsOf({ input, outputs: {} }), { step: 'read', output: {} })
    return { tenantId: 't', jobId: one.job.id, step: 'rate', fence: 1 }
  })

  const known = jobs.map((ref) => recent.recall(ref) !== undefined)
  assert.deepEqual([known[0], known.at(-1)], [false, true])
  assert.ok(known.filter(Boolean).length >= 30)
})
