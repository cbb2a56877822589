import { newId } from '@stageline/domain'
import { createReviewQueue, createStageQueue, openRedis } from '@stageline/queue'
import { DEFAULT_TENANT_ID } from '@stageline/store'
import { testRedisUrl } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CheckRequest } from '../check-record.ts'
import type { RecorderLine } from '../recorder-lines.ts'
import { openSoundRecord, type SoundRecord } from '../testing/sound-record.ts'

type Plant = {
  /** What must be told, of which invariants; and of no other. */
  breaks: Record<string, RegExp>
  plant?: (record: SoundRecord) => unknown
  /** What the recorder saw, where it is not what is sound. */
  sees?: (record: SoundRecord) => RecorderLine[]
  check?: Partial<CheckRequest>
}

const AT = '2026-01-01T00:00:00.000Z'
const UNQUIESCED = { unquiesced: true }

const PLANTS: Record<string, Plant> = {
  'I1: a promised job that does not exist': {
    breaks: { I1: /a 2xx without its job: job .* under key key-9/ },
    sees: ({ seen, accepted, completed }) => [...seen, accepted({ ...completed, id: newId() }, 'key-9', 'completed')],
  },
  'I1: an idempotency key without its job': {
    breaks: { I1: /key key-9/ },
    plant: ({ sql }) =>
      sql(`INSERT INTO idempotency_keys VALUES ($1, 'submitJob', 'key-9', 'f', $2, now() + interval '1 day')`, [
        DEFAULT_TENANT_ID,
        newId(),
      ]),
  },
  'I2: a job that is still queued when all is done': {
    breaks: { I2: /job .* \(queued\): first is queued/ },
    plant: ({ accept }) => accept('key-3'),
  },
  'I2: an open job of which every step is pending': {
    breaks: {
      I2: /so is none of its steps/,
      I4: /whose row says otherwise/,
      I5: /an open task/,
      C1: /a count of steps/,
    },
    plant: ({ sql, suspended }) =>
      sql(`UPDATE jobs SET steps = '{"first": {}, "second": {}}' WHERE id = $1`, [suspended.id]),
  },
  'I2: a suspended step whose task is gone': {
    breaks: { I2: /first is suspended with 0 open tasks/ },
    plant: ({ sql }) => sql(`UPDATE tasks SET state = 'completed', completed_at = now()`),
  },
  'I3: a step that was completed twice': {
    breaks: { I3: /step second .* was completed 2 times/, I4: /completed > completed/ },
    plant: async ({ sql, completed }) => {
      await sql(
        `INSERT INTO history SELECT tenant_id, job_id, seq + 1, at, event, step, stage, attempt, '{completed}', ARRAY[at], job_to, job_to, actor
         FROM history WHERE job_id = $1 ORDER BY seq DESC LIMIT 1`,
        [completed.id],
      )
      await sql(`UPDATE jobs SET seq = seq + 1, seal = history_hash(tenant_id, id) WHERE id = $1`, [completed.id])
    },
  },
  'I3: a call under a key of its own': {
    breaks: { I3: /a call under another key/ },
    sees: ({ seen, completed }) => [
      ...seen,
      { kind: 'call', at: AT, key: `${completed.id}/first/2` },
      { kind: 'fault', at: AT, until: AT, name: 'any', target: 'any' },
    ],
  },
  'I4: an entry that is gone': {
    breaks: { I4: /a gap/ },
    plant: async ({ sql, suspended }) => {
      await sql(
        `UPDATE history SET seq = seq + 1 WHERE job_id = $1 AND seq = (SELECT max(seq) FROM history WHERE job_id = $1)`,
        [suspended.id],
      )
    },
  },
  'I4: a step that leapt over a state': {
    breaks: { I4: /an illegal way of a step: pending > processing > failed > suspended/ },
    plant: ({ sql, suspended }) =>
      sql(`UPDATE history SET path = path[2:], times = times[2:] WHERE job_id = $1 AND path @> '{suspended}'`, [
        suspended.id,
      ]),
  },
  'I4: a job that came from where it was not': {
    breaks: { I4: /an illegal way of a job: queued, then from suspended to suspended/ },
    plant: ({ sql, suspended }) =>
      sql(`UPDATE history SET job_from = 'suspended' WHERE job_id = $1 AND path @> '{suspended}'`, [suspended.id]),
  },
  'I4: an entry that somebody rewrote after it was sealed': {
    breaks: { I4: /a broken seal/ },
    plant: ({ sql, completed }) =>
      sql(`UPDATE history SET actor = 'somebody' WHERE job_id = $1 AND seq = 1`, [completed.id]),
  },
  'I4: a time that goes back': {
    breaks: { I4: /a time that goes back/ },
    plant: ({ sql, suspended }) =>
      sql(`UPDATE history SET at = at - interval '2 s' WHERE job_id = $1 AND path @> '{suspended}'`, [suspended.id]),
  },
  'I5: a step tried more often than it may be': {
    breaks: { I5: /step first .* was tried 5 times, its budget is 4/ },
    plant: ({ sql, suspended }) =>
      sql(`UPDATE history SET attempt = 5 WHERE job_id = $1 AND step = 'first'`, [suspended.id]),
  },
  'I5: a task for a step that needs nobody': {
    breaks: { I5: /step second of job .* is completed/ },
    plant: ({ sql, completed }) =>
      sql(
        `INSERT INTO tasks (tenant_id, id, job_id, workflow, step, type, cause, title, priority, evidence)
         VALUES ($1, $2, $3, 'two-steps', 'second', 'review', 'policy', 'Look', 0.5, '{}')`,
        [DEFAULT_TENANT_ID, newId(), completed.id],
      ),
  },
  'I5: an innocent taken for poison': {
    breaks: { I5: /an innocent step taken for poison/ },
    plant: ({ sql }) => sql(`UPDATE tasks SET cause = 'poison'`),
    sees: ({ seen, accepted, suspended }) => [seen[0]!, accepted(suspended, 'key-2', 'completed')],
    check: UNQUIESCED,
  },
  'I5: a job with a person that should have been completed': {
    breaks: { I5: /should be completed and is suspended/ },
    sees: ({ seen, accepted, suspended }) => [seen[0]!, accepted(suspended, 'key-2', 'completed')],
  },
  'I6: one key with two jobs': {
    breaks: { I6: /key key-1 .* 2 jobs/ },
    sees: ({ seen, accepted, suspended }) => [...seen, accepted(suspended, 'key-1', 'task', { fingerprint: 'key-2' })],
  },
  'I6: another body under the same key': {
    breaks: { I6: /2 different bodies/ },
    sees: ({ seen, accepted, completed }) => [
      ...seen,
      accepted(completed, 'key-1', 'completed', { fingerprint: 'other' }),
    ],
  },
  'I7: a queued step that nobody looked for': {
    breaks: { I7: /a queued step that nobody looked for/ },
    plant: async ({ accept, sql }) => {
      const { id } = await accept('key-3')
      await sql(`UPDATE messages SET check_at = stageline_now() - interval '61 s' WHERE $1 = ANY (jobs)`, [id])
    },
    check: UNQUIESCED,
  },
  'I7: a queued step that nobody ever will look for': {
    breaks: { I7: /nobody will look for its message/ },
    plant: async ({ accept, sql }) => sql(`DELETE FROM messages WHERE $1 = ANY (jobs)`, [(await accept('key-3')).id]),
    check: UNQUIESCED,
  },
  'I8: an answer that held what is another tenant’s': {
    breaks: { I8: /tenant acme was answered with marker marker-of-default/ },
    plant: ({ addTenant }) => addTenant('acme'),
    sees: ({ seen }) => [...seen, { kind: 'answer', at: AT, tenant: 'acme', markers: ['marker-of-default'] }],
  },
  'I8: a row that holds what is another tenant’s': {
    breaks: { I8: /a row of payloads .* holds marker marker-of-acme/ },
    plant: async ({ addTenant, sql, completed }) => {
      await addTenant('acme')
      await sql(`UPDATE payloads SET body = body || '{"note": "marker-of-acme"}' WHERE job_id = $1`, [completed.id])
    },
    sees: ({ seen, accepted, completed }) => [
      ...seen,
      accepted(completed, 'key-1', 'completed', { tenant: 'acme', marker: 'marker-of-acme' }),
    ],
  },
  'I8: an input without a job of its tenant': {
    breaks: { I8: /a row of payloads for job .* which has no such job/ },
    plant: ({ sql }) => sql(`INSERT INTO payloads VALUES ($1, $2, 1, '{}')`, [DEFAULT_TENANT_ID, newId()]),
  },
  'I10: a call too many, without any fault': {
    breaks: { I10: /1 calls beyond the tries/ },
    sees: ({ seen, completed }) => [...seen, { kind: 'call', at: AT, key: `${completed.id}/first` }],
  },
  'C1: a count that is off': {
    breaks: { C1: /a count of steps: step of two-steps alpha that are completed: counted 2, there are 1/ },
    plant: ({ sql }) =>
      sql(`INSERT INTO counters VALUES ($1, 'step', 'two-steps', 'alpha', 'completed', 1)`, [DEFAULT_TENANT_ID]),
  },
}

describe('the checker', () => {
  it('finds nothing in a sound record', async () => {
    await using record = await openSoundRecord()

    assert.deepEqual(await record.broken(), {})
  })

  it('finds nothing in a record that a finished job has left for a file', async () => {
    await using record = await openSoundRecord()
    const { sql, completed } = record
    await sql(`INSERT INTO blobs (tenant_id, key, sha256, bytes, media_type) VALUES ($1, 'k', 's', 1, 't')`, [
      DEFAULT_TENANT_ID,
    ])
    const { rows } = await sql(`SELECT archive_jobs($1, $2, 'k', ARRAY[$3]::uuid[], '[]', 1) AS done`, [
      DEFAULT_TENANT_ID,
      newId(),
      completed.id,
    ])

    assert.deepEqual(rows, [{ done: true }])
    const answers = record.seen.filter(({ kind }) => kind !== 'call')
    assert.deepEqual(await record.broken({}, answers), {})
  })

  for (const [name, { breaks, plant, sees, check }] of Object.entries(PLANTS)) {
    it(`tells of ${name}`, async () => {
      await using record = await openSoundRecord()
      await plant?.(record)

      const broken = await record.broken(check, sees?.(record))

      assert.deepEqual(Object.keys(broken), Object.keys(breaks), JSON.stringify(broken, null, 1))
      for (const [id, says] of Object.entries(breaks)) assert.match(broken[id]!.join('\n'), says)
    })
  }
})

/** A look into queues of the test's own. */
async function openQueues() {
  const url = await testRedisUrl()
  const prefix = `c${process.pid}-${Math.random().toString(36).slice(2, 8)}`
  const onError = () => undefined
  const redis = openRedis(url, 'worker', 'test', onError)
  const stack = new AsyncDisposableStack()
  stack.defer(() => redis.disconnect())
  const queue = stack.use(createStageQueue({ redis, prefix, onError }))
  const review = stack.use(createReviewQueue({ redis, prefix, onError }))
  return { redis: { url, prefix }, queue, review, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

describe('the checker, looking into Redis', () => {
  it('tells of I9: a message that outlived its steps, and only when it did so for long', async () => {
    await using record = await openSoundRecord()
    await using queues = await openQueues()
    await record.sql(`INSERT INTO stages (stage, input_schema, output_schema, bundle) VALUES ('alpha', '{}', '{}', 1)`)
    const about = { stage: 'alpha', tenantId: DEFAULT_TENANT_ID, workflow: 'two-steps' }
    await queues.queue.send([
      { ...about, id: newId(), steps: [[record.completed.id, 'first', 1]] },
      {
        ...about,
        id: newId(),
        steps: [
          [record.completed.id, 'first', 1],
          [record.suspended.id, 'first', 1],
        ],
      },
    ])
    const open = await record.sql(`SELECT id, tenant_id AS "tenantId", job_id AS "jobId", cause FROM tasks`)
    await queues.review.announce(open.rows)

    assert.deepEqual(await record.broken({ redis: queues.redis }), {})
    const [message] = (await record.broken({ redis: queues.redis, limits: { leftoverMs: 0 } }))['I9'] ?? []
    assert.match(message ?? '', /all of its 1 steps are final/)
  })

  it('tells of I9: a review queue that is not equal to the open tasks', async () => {
    await using record = await openSoundRecord()
    await using queues = await openQueues()

    const broken = await record.broken({ redis: queues.redis })

    assert.deepEqual(Object.keys(broken), ['I9'])
    assert.match(broken['I9']!.join(), /is open and not in manual-review/)
  })
})
