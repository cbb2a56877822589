import { startLine, startTestRedis, waitFor } from '@stageline/testkit'
import { Redis } from 'ioredis'
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import type { Line } from './line.ts'
import { partRecord, post, query, submit, submitMany, untilBatchEnds } from './line.ts'

type Ready = { checks: Record<string, { status: string; output?: string }> }

/** Waits until the gateway says this of one of its parts; it stays ready all the while. */
async function untilPart(
  line: Line,
  part: string,
  says: { status: string; output?: string },
  timeoutMs: number,
): Promise<string | undefined> {
  let heard: Ready['checks'][string] | undefined
  const isThis = () => heard?.status === says.status && (says.output === undefined || heard.output === says.output)
  await waitFor(
    async () => {
      const answer = await fetch(`${line.baseUrl}/health/ready`)
      heard = ((await answer.json()) as Ready).checks[part]
      return answer.status === 200 && isThis()
    },
    { timeoutMs, message: `the gateway to say ${JSON.stringify(says)} of ${part}` },
  )
  return heard?.output
}

/** Two steps in a row on one scripted stage. */
const TWO = {
  key: 'two',
  steps: [
    { key: 'one', stage: 'scripted' },
    { key: 'other', stage: 'scripted', dependsOn: ['one'] },
  ],
}
const ofTwo = (n: number) => ({ workflow: 'two', input: { n } })

async function startTwo(redisUrl: string) {
  const line = await startLine({ stages: [], scripted: { scripted: { bundle: 20 } }, redisUrl })
  const saved = await line.call('/v1/workflows/two', { ...post(TWO), method: 'PUT' })
  assert.equal(saved.status, 201, await saved.text())
  return line
}

const connection = (url: string) => {
  const redis = new Redis(url)
  return { redis, [Symbol.dispose]: () => redis.disconnect() }
}

describe('a full backlog', () => {
  it('turns away whole jobs with when to come back, a hundred at once store as many as fit, and people go on', async () => {
    const bound = 40
    await using line = await startLine({
      stages: [],
      env: { STAGELINE_MAX_OPEN_JOBS_PER_TENANT: String(bound), STAGELINE_MAX_OPEN_JOBS: '1000' },
    })

    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => line.call('/v1/jobs', post({ ...partRecord(n), force: 'person' }))),
    )
    const [stored] = await query<{ n: number }>(line, 'SELECT count(*)::int AS n FROM jobs')
    const refused = answers.filter(({ status }) => status === 429)
    const accepted = answers.find(({ status }) => status === 202)!
    const { id } = (await accepted.json()) as { id: string }
    const cancelled = await line.call(`/v1/jobs/${id}:cancel`, post({ reason: 'no longer wanted' }))
    await waitFor(async () => (await line.call('/v1/jobs', post(partRecord(1_000)))).status === 202, {
      timeoutMs: 15_000,
      message: 'the free place to be seen',
    })

    assert.deepEqual([refused.length, stored?.n], [100 - bound, bound])
    for (const one of refused) assert.match(one.headers.get('retry-after') ?? '', /^[1-9]\d{0,2}$/)
    assert.ok(cancelled.ok, await cancelled.text())
  })
})

describe('a Redis that takes no writes', () => {
  it('does not stop intake; both sides say why, no log floods, and all of it ends soon after', async (t) => {
    await using redis = await startTestRedis()
    await using line = await startTwo(redis.url)
    using admin = connection(redis.url)
    const first = await submitMany(
      line,
      Array.from({ length: 200 }, (_, n) => ofTwo(n)),
    )
    await admin.redis.replicaof('127.0.0.1', '1')

    const second = await submitMany(
      line,
      Array.from({ length: 200 }, (_, n) => ofTwo(n)),
    )
    // A slow answer may be what it tells of first.
    const readOnly = { status: 'warn', output: 'Redis takes no messages: READONLY' }
    await untilPart(line, 'redis', readOnly, 15_000)
    const began = performance.now()
    await submit(line, ofTwo(5_000))
    const submittedInMs = performance.now() - began
    await admin.redis.replicaof('NO', 'ONE')
    const recovered = performance.now()
    await Promise.all([untilBatchEnds(line, first, 60_000), untilBatchEnds(line, second, 60_000)])
    const tookMs = performance.now() - recovered
    const active = () => admin.redis.llen(`{${line.prefix}:scripted}:scripted:active`)
    await waitFor(async () => (await active()) === 0, { timeoutMs: 30_000, message: 'nothing to stay active' })
    const stuckMs = performance.now() - recovered

    t.diagnostic(
      `accepted in ${Math.round(submittedInMs)} ms; after the recovery all ended in ${Math.round(tookMs)} ms, nothing stuck after ${Math.round(stuckMs)} ms`,
    )
    assert.ok(submittedInMs < 2_000, `accepted in ${submittedInMs} ms`)
    assert.ok(tookMs < 30_000, `all ended after ${tookMs} ms`)
    assert.ok(stuckMs < 30_000, `active until ${stuckMs} ms`)
    const { length } = (await readFile(line.log, 'utf8')).split('\n').filter((one) => one.includes('READONLY'))
    assert.ok(length < 200, `${length} lines about it`)
    const doubled = await query(
      line,
      `SELECT job_id, step FROM history WHERE path @> '{completed}' GROUP BY 1, 2 HAVING count(*) <> 1`,
    )
    assert.deepEqual(doubled, [])
  })

  it('and lists that vanish while their hashes stay are repaired', async () => {
    await using redis = await startTestRedis()
    await using line = await startTwo(redis.url)
    using admin = connection(redis.url)
    await line.stop('scripted')
    const batch = await submitMany(
      line,
      Array.from({ length: 100 }, (_, n) => ofTwo(n)),
    )
    const key = (name: string) => `{${line.prefix}:scripted}:scripted:${name}`
    await waitFor(async () => (await admin.redis.llen(key('wait'))) > 0, { message: 'messages to wait' })

    await admin.redis.del(key('wait'), key('marker'))
    line.start('scripted')

    await untilBatchEnds(line, batch, 60_000)
  })
})

describe('orchestrators that are all dead', () => {
  it('are missed by the gateway, which goes on', async () => {
    await using line = await startLine({ stages: [] })
    await untilPart(line, 'orchestrator', { status: 'pass' }, 15_000)

    await line.stop('orchestrator', 'SIGKILL')

    const reason = await untilPart(line, 'orchestrator', { status: 'warn' }, 30_000)
    assert.equal(reason, 'none has said for 15 s that it lives')
    await submit(line, partRecord(1))
  })
})
