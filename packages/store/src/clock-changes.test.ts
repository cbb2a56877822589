import type { Job, JobState, StepState } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clockChanges } from './clock-changes.ts'
import type { PromisedScope } from './promised-scopes.ts'

const STAGES = new Map([
  ['one', 'alpha'],
  ['two', 'beta'],
])
const JOBS: PromisedScope = { subject: 'job', workflow: null, stage: null }
const ALL_STAGES: PromisedScope = { subject: 'stage', workflow: null, stage: null }

const jobIn = (state: JobState, one: StepState, two: StepState = 'pending'): Job => {
  const step = (state: StepState) => ({ state, attempt: 1, fence: 1, deliveries: 0 })
  const steps = { one: step(one), two: step(two) }
  return { workflow: 'w', state, steps } as Partial<Job> as Job
}

const changes = (before: Job | null, after: Job, ...scopes: PromisedScope[]) =>
  clockChanges(before, after, STAGES, scopes).map(({ step, phase, begins }) => [step, phase, begins])

test('a clock begins with the first queueing, and goes by what a person would call the same', () => {
  const queued = jobIn('queued', 'queued')

  assert.deepEqual(changes(null, queued, JOBS, ALL_STAGES), [
    [null, 'running', true],
    ['one', 'running', true],
  ])
  assert.deepEqual(changes(queued, jobIn('processing', 'processing'), JOBS, ALL_STAGES), [])
  assert.deepEqual(changes(queued, jobIn('retrying', 'retrying'), JOBS, ALL_STAGES), [])
  assert.deepEqual(changes(queued, jobIn('waiting', 'waiting'), JOBS, ALL_STAGES), [
    [null, 'waiting', false],
    ['one', 'waiting', false],
  ])
  assert.deepEqual(changes(jobIn('failed', 'failed'), jobIn('suspended', 'suspended'), JOBS, ALL_STAGES), [])
  assert.deepEqual(changes(queued, jobIn('queued', 'completed', 'queued'), JOBS, ALL_STAGES), [
    ['one', 'completed', false],
    ['two', 'running', true],
  ])
  assert.deepEqual(changes(queued, jobIn('completed', 'completed', 'skipped'), JOBS, ALL_STAGES), [
    [null, 'completed', false],
    ['one', 'completed', false],
  ])
})

test('nothing changes for what nothing is promised for', () => {
  const queued = jobIn('queued', 'queued')

  assert.deepEqual(changes(null, queued), [])
  assert.deepEqual(changes(null, queued, { ...JOBS, workflow: 'other' }, { ...ALL_STAGES, stage: 'beta' }), [])
  assert.deepEqual(changes(null, queued, { subject: 'stage', workflow: 'w', stage: 'alpha' }), [
    ['one', 'running', true],
  ])
})
