import { evaluatePolicy, type Decision } from '@stageline/domain'
import { failureOf } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acceptJobs, openRecord, recordAll, type OpenRecord } from './testing/open-record.ts'

async function routed(record: OpenRecord, count: number, policy = 'priority-threshold-v1') {
  const view = await record.reader.policy(record.tenantId, policy)
  const decision: Decision = evaluatePolicy(view!.policy, { priority: 0.9, completeness: 0.1 })
  return acceptJobs(record, count, { seed: { decision } })
}

const all = (record: OpenRecord) => ({ createdBefore: new Date(record.gatewayStore.now().getTime() + 60_000) })

test('decisions come page by page, newest job first, each once, and only those that fit', async () => {
  await using record = await openRecord()
  const jobs = (await routed(record, 7)).map(({ id }) => id)
  await routed(record, 2, 'completeness-v2')
  const filter = { ...all(record), policy: 'priority-threshold-v1' }

  const told: string[] = []
  let after: string | null = null
  let scanned = 0
  do {
    const page = await record.reader.pastDecisions(record.tenantId, filter, { after, scan: 2 })
    told.push(...page.items.map(({ jobId }) => jobId))
    scanned += page.scanned
    after = page.next
  } while (after !== null)

  assert.deepEqual(told, jobs.toSorted().toReversed())
  assert.equal(scanned, 9)
})

test('what automation gave up and what a person corrected is known to have been wrong', async () => {
  await using record = await openRecord()
  const [fine, failed, corrected, intake] = await routed(record, 4)
  await recordAll(record, [failureOf(record.workflow, failed!, 'first', record.workerStore.now())])
  const corrections = '[{"path":"/fields/total/value","from":1,"to":2}]'
  for (const [job, cause] of [
    [corrected!, 'review_after'],
    [intake!, 'intake'],
  ] as const) {
    await record.sql(
      `INSERT INTO tasks (tenant_id, id, job_id, workflow, step, type, cause, title, state, priority, evidence, completed_at, verdict, corrections)
        VALUES ($1, gen_random_uuid(), $2, 'two-steps', 'first', 'review', $3, 't', 'completed', 0.5, '{}', now(), 'accept', $4)`,
      [record.tenantId, job.id, cause, corrections],
    )
  }

  const { items } = await record.reader.pastDecisions(record.tenantId, all(record), { after: null, scan: 100 })

  const wrong = new Map(items.map(({ jobId, wasWrong }) => [jobId, wasWrong]))
  assert.deepEqual(
    [fine, failed, corrected, intake].map((job) => wrong.get(job!.id)),
    [false, true, true, false],
  )
})

test('time, workflow and tenant bound what is told', async () => {
  await using record = await openRecord()
  await routed(record, 1)
  await record.shiftClock(3_600_000)
  const [later] = await routed(record, 1)
  const other = await record.addTenant('other')
  const createdAfter = new Date(record.gatewayStore.now().getTime() - 60_000)
  const ask = async (tenantId: string, filter: object) =>
    (await record.reader.pastDecisions(tenantId, { ...all(record), ...filter }, { after: null, scan: 100 })).items.map(
      ({ jobId }) => jobId,
    )

  assert.deepEqual(await ask(record.tenantId, { createdAfter }), [later!.id])
  assert.equal((await ask(record.tenantId, { createdBefore: createdAfter })).length, 1)
  assert.equal((await ask(record.tenantId, { workflow: 'two-steps' })).length, 2)
  assert.deepEqual(await ask(record.tenantId, { workflow: 'other' }), [])
  assert.deepEqual(await ask(other, {}), [])
})
