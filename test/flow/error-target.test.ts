import type { ErrorTarget } from '@stageline/domain'
import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { post, query, submitMany, untilBatchEnds } from './line.ts'
import type { Line } from './line.ts'

const TARGET = 0.05

type Item = { number: number; confidence: number; isRight: boolean }

it('what completes without a person keeps the error rate that was asked for, once enough is verified', async (t) => {
  await using line = await startLine({ stages: [], scripted: { reader: { bundle: 100 } } })
  await save(line, 1)
  const seen = makeItems(400, 1)
  const first = await submit(line, seen)
  await verify(line, seen)
  await untilBatchEnds(line, first, 60_000)
  const target = await targetOf(line)
  await save(line, 0)
  // Workers read what was verified every 10 s.
  await delay(10_500)

  const fresh = makeItems(2_000, 2)
  const second = await submit(line, fresh)
  await untilBatchEnds(line, second, 60_000)

  const alone = await completedIn(line, second)
  const wrong = fresh.filter(({ number, isRight }) => alone.has(number) && !isRight).length
  const [low, high] = target.above!.interval
  const reached = wrong / alone.size
  t.diagnostic(
    `verified ${target.verified}, limit ${target.minConfidence}, stated ${low.toFixed(3)} to ${high.toFixed(3)}; reached ${reached.toFixed(3)}: ${wrong} of ${alone.size} that completed alone, of 2,000`,
  )
  assert.ok(alone.size > 500, `${alone.size} completed alone`)
  assert.ok(high <= TARGET)
  assert.ok(low <= reached && reached <= high, `reached ${reached}`)
  assert.ok(fresh.every(({ number, confidence }) => !alone.has(number) || confidence >= target.minConfidence!))
})

/** Confidences all over; the less confident, the more often wrong. Drawn by a seed, so that every run is the same. */
function makeItems(count: number, seed: number): Item[] {
  let state = seed
  const draw = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  for (let i = 0; i < 10; i += 1) draw()
  return Array.from({ length: count }, (_, number) => {
    const confidence = Math.round(draw() * 1_000) / 1_000
    return { number, confidence, isRight: draw() > 0.5 * (1 - confidence) ** 2 }
  })
}

const save = async (line: Line, sampleRate: number): Promise<void> => {
  const policy = { name: 'confidence-v1', after: 'read', targetErrorRate: TARGET, sampleRate }
  const body = { key: 'verified', steps: [{ key: 'read', stage: 'reader' }], policy }
  const saved = await line.call('/v1/workflows/verified', { ...post(body), method: 'PUT' })
  assert.ok(saved.ok, await saved.text())
}

const submit = (line: Line, items: readonly Item[]): Promise<string> =>
  submitMany(
    line,
    items.map(({ number, confidence }) => ({
      workflow: 'verified',
      input: { script: { read: { output: { completeness: 1, confidence, number } } } },
    })),
  )

/** A person looks at every item, and corrects those that are wrong. */
async function verify(line: Line, items: readonly Item[]): Promise<void> {
  const open = () =>
    query<{ id: string; number: number }>(
      line,
      `SELECT t.id, (p.body #>> '{script,read,output,number}')::int AS number FROM tasks t
        JOIN payloads p ON p.tenant_id = t.tenant_id AND p.job_id = t.job_id AND p.seq = 1 WHERE t.state = 'new'`,
    )
  await waitFor(async () => (await open()).length === items.length, { timeoutMs: 60_000, message: 'all to be tasks' })
  for (const { id, number } of await open()) {
    const { confidence, isRight } = items[number]!
    const correction = isRight ? {} : { output: { completeness: 1, confidence, number: -1 } }
    const answer = await line.call(
      `/v1/tasks/${id}:resolve`,
      post({ verdict: 'accept', reason: 'seen', ...correction }),
    )
    assert.equal(answer.status, 200, await answer.clone().text())
  }
}

async function targetOf(line: Line): Promise<ErrorTarget> {
  const { errorTarget } = await line.json<{ errorTarget?: ErrorTarget }>('/v1/workflows/verified')
  assert.ok(errorTarget?.above, JSON.stringify(errorTarget))
  return errorTarget
}

async function completedIn(line: Line, batch: string): Promise<Set<number>> {
  const rows = await query<{ number: number }>(
    line,
    `SELECT (p.body #>> '{script,read,output,number}')::int AS number FROM jobs j
      JOIN payloads p ON p.tenant_id = j.tenant_id AND p.job_id = j.id AND p.seq = 1
      WHERE j.batch_id = '${batch}' AND j.state = 'completed'`,
  )
  return new Set(rows.map(({ number }) => number))
}
