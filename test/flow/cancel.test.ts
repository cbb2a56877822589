import { startLine, startSilentSink, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import type { Line } from './line.ts'
import { jobOf, post, submit } from './line.ts'

const ROUNDS = 8

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

describe('a cancel closes what the handler has open, in another process', () => {
  for (const [when, isReady] of [
    ['before the step was claimed', async () => true],
    ['once it was claimed', async (line: Line, id: string) => (await jobOf(line, id)).steps[0]?.state === 'processing'],
  ] as const) {
    it(`within a second, ${when}`, async (t) => {
      await using sink = await startSilentSink()
      await using line = await startLine({ stages: [], scripted: { calling: { bundle: 1 } } })
      const workflow = { key: 'calling', steps: [{ key: 'a', stage: 'calling' }] }
      await line.call('/v1/workflows/calling', { ...post(workflow), method: 'PUT' })
      const took: number[] = []
      for (let round = 0; round < ROUNDS; round += 1) {
        const id = await submit(line, { workflow: 'calling', input: { sink: sink.url } })
        await waitFor(() => sink.connections.length === round + 1, { timeoutMs: 10_000, message: 'the call' })
        await waitFor(() => isReady(line, id), { timeoutMs: 10_000, message: 'the claim' })

        const asked = performance.now()
        await line.call(`/v1/jobs/${id}:cancel`, post({ reason: 'Sent twice' }))
        const isClosed = () => sink.connections[round]!.closedAt !== null
        await waitFor(isClosed, { message: 'the call to be broken off' })
        took.push(Math.round(sink.connections[round]!.closedAt! - asked))
      }

      t.diagnostic(`ms from the request to the closed socket: ${took.toSorted((a, b) => a - b).join(' ')}`)
      assert.ok(Math.max(...took) < 1_000, took.join(' '))
    })
  }
})
