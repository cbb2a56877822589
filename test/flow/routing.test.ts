import type { Decision, Rehearsal } from '@stageline/domain'
import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { post, query, submit, submitMany, untilBatchEnds, untilState } from './line.ts'
import type { Line } from './line.ts'

/** Gateways read policies again every 5 s. */
const POLICIES_FRESH_MS = 8_000

it('what became of earlier parts routes the next ones, a failure falls back to a person, and a day has its limit', async () => {
  await using line = await startLine({ stages: [], scripted: { reader: {} } })
  await saveRouted(line)

  const well = await submitMany(
    line,
    Array.from({ length: 6 }, () => part({ force: 'automation' })),
  )
  await untilBatchEnds(line, well, 30_000)
  await waitFor(async () => (await outcomesOf(line)) === 6, { message: 'the outcomes to be counted' })
  const [known] = await decisionsOf(line, await submit(line, part()))
  assert.deepEqual(
    [known?.factors.reliability, known?.factors.sourceOutcomes, known?.rule],
    [0.875, { succeeded: 6, failed: 0 }, 'completeness_medium'],
  )

  const broken = { businessKey: 'NX-1', script: { read: { fail: 'data' } } }
  for (let i = 0; i < 3; i += 1) {
    const job = await submit(line, part(broken))
    await untilState(line, job, ['suspended'])
    assert.equal((await taskOf(line, job)).type, 'review', 'what automation cannot do falls back to a person')
  }
  const given = await submit(line, part({ businessKey: 'NX-1' }))
  const [decision] = await decisionsOf(line, given)
  const task = await taskOf(line, given)
  assert.deepEqual(
    [decision?.route, decision?.rule, decision?.factors.recentFailures],
    ['person', 'recent_failures', 3],
  )
  assert.deepEqual([task.type, task.evidence.decision], ['intake', decision])
  assert.deepEqual(await checked(line, given, decision!.receipt), [[decision!.receipt, true]])

  await change(line, '/v1/settings', { timeZone: 'Pacific/Kiritimati' })
  const accepted = await acceptedToday(line)
  const { version } = await change<{ version: number }>(line, '/v1/policies/completeness-v2', {
    maxDailyTasks: accepted + 2,
  })
  assert.equal(version, 2)
  const refused = await waitFor(
    async () => {
      const answer = await line.call('/v1/jobs', post(part()))
      return answer.status === 429 ? answer : undefined
    },
    { timeoutMs: POLICIES_FRESH_MS, message: 'the day to be full' },
  )
  const problem = (await refused!.json()) as { code: string; resetsAt: string; bound: number }
  assert.deepEqual([problem.code, problem.bound], ['limit.daily_tasks', accepted + 2])
  assert.equal(new Date(problem.resetsAt).getUTCHours(), 10, 'midnight of Kiritimati is 10 h UTC')
  const [last] = await decisionsOf(line, given)
  assert.equal(last?.version, 1, 'what was decided keeps its version')
  assert.deepEqual(await checked(line, given), [[decision!.receipt, true]], 'and holds under that')
  await query(
    line,
    `UPDATE decisions SET decision = jsonb_set(decision, '{factors,recentFailures}', '0') WHERE job_id = '${given}'`,
  )
  assert.deepEqual(await checked(line, given), [[decision!.receipt, false]], 'a record that was changed does not hold')
})

it('a rehearsal says what then happens when the policy is switched on and the same items come again', async () => {
  await using line = await startLine({ stages: [], scripted: { reader: { bundle: 100 } } })
  await saveRouted(line)
  const items = Array.from({ length: 120 }, (_, i) =>
    part({ priority: (i % 11) / 10, record: { ...RECORDS[i % RECORDS.length], manufacturer: null } }),
  )
  const first = await submitMany(line, items)
  await untilBatchEnds(line, first, 60_000)
  const thresholds = { highCompleteness: 0.6, minPriorityOfIncomplete: 0.45 }

  const rehearsed = await rehearse(line, thresholds)
  const again = await rehearse(line, thresholds)
  await change(line, '/v1/policies/completeness-v2', { thresholds })
  await delay(POLICIES_FRESH_MS)
  const second = await submitMany(line, items)
  await untilBatchEnds(line, second, 60_000)

  const { to: _to, ...told } = rehearsed
  assert.deepEqual({ ...again, to: undefined }, { ...told, to: undefined })
  assert.equal(rehearsed.decisions, 120)
  assert.ok(rehearsed.moved.toPeople > 0, 'the change makes a difference')
  assert.deepEqual(counted(rehearsed.rules, 'recorded'), await rulesOf(line, first))
  assert.deepEqual(counted(rehearsed.rules, 'rehearsed'), await rulesOf(line, second))
  const [people] = await query<{ n: number }>(line, `SELECT count(*)::int AS n FROM tasks WHERE type = 'intake'`)
  assert.equal(people!.n, rehearsed.toPeople.recorded + rehearsed.toPeople.rehearsed)
})

const RECORDS = [
  { mpn: null },
  {},
  { description: 'A bolt' },
  { description: 'A bolt', category: 'bolts', package: 'M3' },
]

const rehearse = async (line: Line, thresholds: object): Promise<Rehearsal & { to: string }> => {
  const answer = await line.call('/v1/policies:simulate', post({ workflow: 'routed', change: { thresholds } }))
  assert.equal(answer.status, 200, await answer.clone().text())
  return (await answer.json()) as Rehearsal & { to: string }
}

const counted = (rules: Rehearsal['rules'], which: 'recorded' | 'rehearsed'): Record<string, number> =>
  Object.fromEntries(
    Object.entries(rules)
      .map(([rule, counts]) => [rule, counts[which]] as const)
      .filter(([, count]) => count > 0),
  )

async function rulesOf(line: Line, batch: string): Promise<Record<string, number>> {
  const rows = await query<{ rule: string; n: number }>(
    line,
    `SELECT d.rule, count(*)::int AS n FROM decisions d JOIN jobs j ON j.tenant_id = d.tenant_id AND j.id = d.job_id
      WHERE j.batch_id = '${batch}' GROUP BY d.rule ORDER BY d.rule`,
  )
  return Object.fromEntries(rows.map(({ rule, n }) => [rule, n]))
}

async function saveRouted(line: Line): Promise<void> {
  const body = { key: 'routed', steps: [{ key: 'read', stage: 'reader' }], policy: { name: 'completeness-v2' } }
  const saved = await line.call('/v1/workflows/routed', { ...post(body), method: 'PUT' })
  assert.ok(saved.ok, await saved.text())
}

/** Half complete, of a priority that suffices. */
function part({
  script = {},
  record = {},
  ...about
}: { script?: object; record?: object; [name: string]: unknown } = {}) {
  const input = { record: { mpn: 'NX-1', manufacturer: 'Bolts Inc', ...record }, script }
  return { workflow: 'routed', input, priority: 0.6, ...about }
}

async function change<Answer>(line: Line, path: string, body: object): Promise<Answer> {
  const answer = await line.call(path, { ...post(body), method: 'PATCH' })
  assert.equal(answer.status, 200, await answer.clone().text())
  return (await answer.json()) as Answer
}

async function decisionsOf(line: Line, job: string): Promise<Decision[]> {
  const { decisions } = await line.json<{ decisions: { decision: Decision }[] }>(`/v1/jobs/${job}`)
  return decisions.map(({ decision }) => decision)
}

async function checked(line: Line, jobId: string, receipt?: string): Promise<[string, boolean][]> {
  const answer = await line.call('/v1/decisions:check', post({ jobId, receipt }))
  assert.equal(answer.status, 200, await answer.clone().text())
  const { items } = (await answer.json()) as { items: { receipt: string; holds: boolean }[] }
  return items.map(({ receipt: recorded, holds }) => [recorded, holds])
}

async function taskOf(line: Line, job: string) {
  const { items } = await line.json<{ items: { type: string; evidence: { decision: Decision } }[] }>(
    `/v1/tasks?job=${job}`,
  )
  assert.equal(items.length, 1)
  return items[0]!
}

async function outcomesOf(line: Line): Promise<number> {
  const [row] = await query<{ n: number }>(
    line,
    'SELECT coalesce(sum(succeeded + failed), 0)::int AS n FROM source_outcomes',
  )
  return row!.n
}

/** Of the day that the tenant's new time zone makes it. */
async function acceptedToday(line: Line): Promise<number> {
  const [row] = await query<{ n: number }>(
    line,
    `SELECT coalesce(sum(delta), 0)::int AS n FROM counters WHERE kind = 'day'
      AND subject = to_char(stageline_now() AT TIME ZONE 'Pacific/Kiritimati', 'YYYY-MM-DD')`,
  )
  return row!.n
}
