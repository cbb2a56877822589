import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { jobOf, post, submit } from './line.ts'

it('a cancel reaches a handler at work in another process, long before its claim is renewed', async () => {
  const scripted = { slow: { timeoutMs: 60_000 } }
  await using line = await startLine({ stages: [], scripted, env: { LOG_LEVEL: 'debug' } })
  const workflow = { key: 'slow', steps: [{ key: 'a', stage: 'slow' }] }
  await line.call('/v1/workflows/slow', { ...post(workflow), method: 'PUT' })
  const id = await submit(line, { workflow: 'slow', input: { script: { a: { slowMs: 40_000 } } } })
  const isAtWork = async () => (await jobOf(line, id)).steps[0]?.state === 'processing'
  await waitFor(isAtWork, { timeoutMs: 10_000, message: 'the step to be at work' })

  const cancelled = await line.call(`/v1/jobs/${id}:cancel`, post({ reason: 'Sent twice' }))

  assert.equal(cancelled.status, 200)
  const worker = () =>
    readFileSync(line.log, 'utf8')
      .split('\n')
      .filter((text) => text.includes('"service":"slow"'))
  const wasTold = () => worker().some((text) => text.includes(id) && text.includes('"outcome":"lost"'))
  await waitFor(wasTold, { timeoutMs: 2_000, message: `the handler to be told (log: ${line.log})` })
})
