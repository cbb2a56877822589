import type { ErrorTarget } from '@stageline/domain'
import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { post, query, submitMany, untilBatchEnds, type Line } from './line.ts'

const TARGET = 0.05
const NAMES = ['total', 'date'] as const

type Cell = { confidence: number; isRight: boolean }
type Item = { number: number } & Record<(typeof NAMES)[number], Cell>

it('each field that completes without a person keeps the error rate that was asked for', async (t) => {
  await using line = await startLine({ stages: [], scripted: { reader: { bundle: 100 } } })
  await save(line, { fieldErrorRate: TARGET, sampleRate: 1 })
  const seen = makeItems(400, 5)
  const first = await submit(line, seen)
  await verify(line, seen)
  await untilBatchEnds(line, first, 60_000)
  const targets = await targetsOf(line)
  await save(line, { fieldErrorRate: TARGET })
  // Workers read what was verified every 10 s.
  await delay(10_500)

  const fresh = makeItems(1_500, 6)
  const second = await submit(line, fresh)
  await untilBatchEnds(line, second, 60_000)

  const alone = await completedIn(line, second, fresh)
  assert.ok(alone.length > 250, `${alone.length} completed alone`)
  for (const name of NAMES) {
    const { minConfidence, above, verified } = targets[name]!
    const [low, high] = above!.interval
    const wrong = alone.filter((item) => !item[name].isRight).length
    const reached = wrong / alone.length
    t.diagnostic(
      `${name}: verified ${verified}, limit ${minConfidence}, stated ${low.toFixed(3)} to ${high.toFixed(3)}; reached ${reached.toFixed(3)}: ${wrong} of ${alone.length} that completed alone`,
    )
    assert.ok(high <= TARGET)
    assert.ok(low <= reached && reached <= high, `${name} reached ${reached}`)
    assert.ok(alone.every((item) => item[name].confidence >= minConfidence!))
  }
})

it('a field below a limit of the workflow brings the item to a person, and is named first', async () => {
  await using line = await startLine({ stages: [], scripted: { reader: {} } })
  await save(line, { fieldThresholds: { total: 0.95, date: 0.9 } })
  const cell = (confidence: number) => ({ confidence, isRight: true })

  const items = [
    { number: 0, total: cell(0.96), date: cell(0.91) },
    { number: 1, total: cell(0.94), date: cell(0.7) },
  ]
  const batch = await submit(line, items)
  await untilBatchEnds(line, batch, 30_000)

  assert.deepEqual(await completedIn(line, batch, items), [items[0]])
  const [task] = (await line.json<{ items: Task[] }>('/v1/tasks?state=new')).items
  assert.deepEqual(task?.evidence.decision.doubtfulFields, [
    { name: 'date', confidence: 0.7, minConfidence: 0.9 },
    { name: 'total', confidence: 0.94, minConfidence: 0.95 },
  ])
  assert.match(task.evidence.reason, /^Doubtful: date 0.7 is below 0.9; total/)
})

type Task = { evidence: { reason: string; decision: { doubtfulFields: object[] } } }

/** Confidences all over; of both fields the less confident are the more often wrong. Drawn by a seed. */
function makeItems(count: number, seed: number): Item[] {
  let state = seed
  const draw = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  for (let i = 0; i < 10; i += 1) draw()
  const cell = (doubt: number): Cell => {
    const confidence = Math.round(draw() * 1_000) / 1_000
    return { confidence, isRight: draw() > doubt * (1 - confidence) ** 2 }
  }
  return Array.from({ length: count }, (_, number) => ({ number, total: cell(0.5), date: cell(0.25) }))
}

async function save(line: Line, targets: object): Promise<void> {
  const policy = { name: 'confidence-v1', after: 'read', ...targets }
  const body = { key: 'fields', steps: [{ key: 'read', stage: 'reader' }], policy }
  const saved = await line.call('/v1/workflows/fields', { ...post(body), method: 'PUT' })
  assert.ok(saved.ok, await saved.text())
}

const outputOf = (item: Item) => ({
  completeness: 1,
  confidence: 1,
  number: item.number,
  fields: Object.fromEntries(
    NAMES.map((name) => [name, { value: `${name} of ${item.number}`, confidence: item[name].confidence }]),
  ),
})

const submit = (line: Line, items: readonly Item[]): Promise<string> =>
  submitMany(
    line,
    items.map((item) => ({ workflow: 'fields', input: { script: { read: { output: outputOf(item) } } } })),
  )

/** A person looks at every item, and corrects the fields that are wrong. */
async function verify(line: Line, items: readonly Item[]): Promise<void> {
  const open = () =>
    query<{ id: string; number: number }>(
      line,
      `SELECT t.id, (p.body #>> '{script,read,output,number}')::int AS number FROM tasks t
        JOIN payloads p ON p.tenant_id = t.tenant_id AND p.job_id = t.job_id AND p.seq = 1 WHERE t.state = 'new'`,
    )
  await waitFor(async () => (await open()).length === items.length, { timeoutMs: 60_000, message: 'all to be tasks' })
  for (const { id, number } of await open()) {
    const wrong = NAMES.filter((name) => !items[number]![name].isRight)
    const fields = Object.fromEntries(wrong.map((name) => [name, 'what is right']))
    const verdict = { verdict: 'accept', reason: 'seen', ...(wrong.length > 0 ? { fields } : {}) }
    const answer = await line.call(`/v1/tasks/${id}:resolve`, post(verdict))
    assert.equal(answer.status, 200, await answer.clone().text())
  }
}

async function targetsOf(line: Line): Promise<Record<string, ErrorTarget>> {
  const { fieldTargets } = await line.json<{ fieldTargets?: Record<string, ErrorTarget> }>('/v1/workflows/fields')
  assert.ok(fieldTargets && NAMES.every((name) => fieldTargets[name]?.above), JSON.stringify(fieldTargets))
  return fieldTargets
}

async function completedIn(line: Line, batch: string, items: readonly Item[]): Promise<Item[]> {
  const rows = await query<{ number: number }>(
    line,
    `SELECT (p.body #>> '{script,read,output,number}')::int AS number FROM jobs j
      JOIN payloads p ON p.tenant_id = j.tenant_id AND p.job_id = j.id AND p.seq = 1
      WHERE j.batch_id = '${batch}' AND j.state = 'completed'`,
  )
  return rows.map(({ number }) => items[number]!).toSorted((one, other) => one.number - other.number)
}
