import { setTimeout as delay } from 'node:timers/promises'
import { insist } from '../line/insist.ts'
import { ownJob } from '../line/job-mix.ts'
import type { Scenario } from '../line/scenario.ts'
import type { Rig } from '../line/start-rig.ts'
import { createSubmitter, type Submission, type Submitter, type Tenant } from '../line/submitter.ts'
import type { Trials } from '../line/trials.ts'

const AT_ONCE = 100
const REPEATING_MS = 5_000
const KEYS_IN_COMMON = 50
const BULKS = 10

export const duplicates: Scenario = {
  row: 23,
  name: 'duplicates',
  title: 'however often and however much at once a key comes, there is one job, until its day is over',
  inTests: true,
  run: async (rig, trials) => {
    await trials.warmUp({ repeats: 0.5, conflicts: 0.1, bulk: 0.2 })
    await trials.cause('half of the submissions sent twice', 'both gateways', () => delay(REPEATING_MS))
    const submitter = createSubmitter(rig.of('gateway'), rig.recorder)
    const keys = [
      await oneKeyAtOnce(rig, trials, submitter),
      await twoBodiesAtOnce(rig, trials, submitter),
      ...(await crossingBulks(rig, trials, submitter)),
    ]
    const jobs = await jobsOf(rig, keys)
    trials.figure('keys', keys.length)
    trials.expect(
      jobs.every((one) => one === 1),
      `one job a key, and not ${Math.max(...jobs)} or ${Math.min(...jobs)}`,
    )
    await nextDay(rig, trials, submitter)
  },
}

async function oneKeyAtOnce(rig: Rig, trials: Trials, submitter: Submitter): Promise<string> {
  const submission = submissionOf(rig.tenants[0]!, `same-${rig.random.below(1e9)}`)
  const target = `${AT_ONCE} requests, one key`
  await trials.cause('duplicates at once', target, async () => {
    const asked = Array.from({ length: AT_ONCE }, () => insist(submission, { submitter, random: rig.random }))
    const outcomes = await Promise.all(asked)
    trials.expect(
      outcomes.every((one) => one === 'accepted'),
      'each of a hundred equal requests is answered with the job',
    )
  })
  return submission.key
}

async function twoBodiesAtOnce(rig: Rig, trials: Trials, submitter: Submitter): Promise<string> {
  const one = submissionOf(rig.tenants[0]!, `torn-${rig.random.below(1e9)}`)
  const other = { ...one, job: { ...one.job, body: { ...one.job.body, priority: 0.9 } } }
  const target = `${AT_ONCE} requests, one key, two bodies`
  await trials.cause('conflicts at once', target, async () => {
    const asked = Array.from({ length: AT_ONCE }, (_, i) =>
      insist(i % 2 === 0 ? one : other, { submitter, random: rig.random }),
    )
    const accepted = (await Promise.all(asked)).filter((outcome) => outcome === 'accepted').length
    trials.expect(accepted === AT_ONCE / 2, `one of the two bodies wins for all of its requests, not ${accepted}`)
  })
  return one.key
}

/** Bulk requests that have their keys in common, each in an order of its own. */
async function crossingBulks(rig: Rig, trials: Trials, submitter: Submitter): Promise<string[]> {
  const name = `crossed-${rig.random.below(1e9)}`
  const all = Array.from({ length: KEYS_IN_COMMON }, (_, i) => submissionOf(rig.tenants[1]!, `${name}-${i}`))
  await trials.cause('crossing bulk requests', `${BULKS} times ${KEYS_IN_COMMON} keys`, async () => {
    const orders = Array.from({ length: BULKS }, () =>
      all.toSorted(() => rig.random.next() - 0.5).flatMap((one) => [one, one]),
    )
    await Promise.all(orders.map((order) => submitter.bulk(order)))
    await Promise.all(all.map((one) => insist(one, { submitter, random: rig.random })))
  })
  return all.map(({ key }) => key)
}

/** With everything at rest, since the clock of the database moves for all. */
async function nextDay(rig: Rig, trials: Trials, submitter: Submitter): Promise<void> {
  await rig.quiesce()
  const submission = submissionOf(rig.tenants[0]!, `daily-${rig.random.below(1e9)}`)
  const seen: number[] = []
  await trials.cause(
    'the same key on the next day',
    'the clock of the database',
    async () => {
      for (const clock of ['0', '23 hours 59 minutes', '24 hours 1 minute']) {
        await rig.admin.query('UPDATE clock_offset SET shift = $1', [clock])
        await insist(submission, { submitter, random: rig.random })
        seen.push(...(await jobsOf(rig, [submission.key])))
      }
      await rig.quiesce()
      await rig.admin.query(`UPDATE clock_offset SET shift = '0'`)
    },
    { measure: async () => [] },
  )
  trials.expect(seen.join() === '1,1,2', `a key is free again after its day, no sooner and no later: ${seen.join()}`)
}

/** Its input names the key, so that the record itself can be asked how many jobs were made of it. */
const submissionOf = (tenant: Tenant, key: string): Submission => ({
  tenant,
  key,
  job: ownJob({ expect: 'completed', script: { [key]: {} } }, tenant.marker),
})

async function jobsOf(rig: Rig, keys: readonly string[]): Promise<number[]> {
  const rows = await rig.admin.query<{ n: number }>(
    `SELECT count(p.job_id)::int AS n FROM unnest($1::text[]) AS k(key)
     LEFT JOIN payloads p ON p.body -> 'script' ? k.key GROUP BY k.key`,
    [keys],
  )
  return rows.map(({ n }) => n)
}
