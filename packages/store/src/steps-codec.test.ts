import type { Step } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeSteps, encodeSteps } from './steps-codec.ts'

const pending: Step = { state: 'pending', attempt: 0, fence: 0, deliveries: 0 }
const full: Required<Step> = {
  state: 'waiting',
  attempt: 2,
  fence: 5,
  deliveries: 1,
  crashes: [{ at: '2026-01-01T00:00:00.000Z', how: 'SIGKILL', worker: 'w' }],
  entered: [['queued', '2026-01-01T00:00:00.000Z']],
  message: 'm',
  until: '2026-01-01T00:01:00.000Z',
  output: 3,
  input: 0,
  worker: 'extraction@host/1-a',
  checkpoint: { page: 3 },
  reason: 'rate_limited',
  suspend: { actor: 'ann', reason: 'later' },
}

test('steps come back as they were, with all of their fields and with none', () => {
  const steps = { one: pending, two: full }

  assert.deepEqual(decodeSteps(JSON.parse(encodeSteps(steps))), steps)
})

test('a step that has not begun takes no room', () => {
  assert.equal(encodeSteps({ one: pending }), '{"one":{}}')
})
