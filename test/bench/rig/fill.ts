import pg from 'pg'
import { PARKED } from '../contenders/stageline.ts'
import type { Gateway } from './gateway.ts'
import { COPY, DERIVED, PREPARE } from './fill-statements.ts'
import { itemOf, STAGES } from './workload.ts'

const CHUNK = 50_000
/** How many workflows the jobs are spread over, beside the rare one. */
const WORKFLOWS = 20

/**
 * Makes a record with many jobs of the last four weeks from a few that have gone through the line: rows, inputs and
 * history are copied with their own ids and times; counts, hours and tasks are made to fit. 98 of 100 are completed,
 * the others cancelled, suspended with a failure, or open.
 *
 * @param gateway where jobs are parked, to be copied like those that are done
 */
export async function fillRecord(
  { databaseUrl, gateway, report }: { databaseUrl: string; gateway: Gateway; report: (line: string) => void },
  jobs: number,
): Promise<void> {
  const parked = await park(gateway)
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'stageline-bench-fill' })
  await client.connect()
  try {
    await client.query("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'")
    for (const text of PREPARE) await client.query(text, text.includes('$1') ? [parked] : [])
    for (let from = 1; from <= jobs; from += CHUNK) {
      const to = Math.min(jobs, from + CHUNK - 1)
      await client.query('BEGIN')
      for (const { text, values } of COPY({ from, to, jobs, workflows: WORKFLOWS })) await client.query(text, values)
      await client.query('COMMIT')
      if (to === jobs || (to / CHUNK) % 5 === 0) report(`${to.toLocaleString('en')} jobs in the record`)
    }
    for (const text of DERIVED(STAGES, PARKED)) await client.query(text)
    await client.query('VACUUM (ANALYZE)')
    await client.query('CHECKPOINT')
  } finally {
    await client.end()
  }
}

/** One job each that is open, that a person has cancelled, and that a person has stopped. */
async function park(gateway: Gateway): Promise<string[]> {
  const ids: string[] = []
  for (const how of [null, 'cancel', 'suspend']) {
    const { id } = (await gateway.post('/v1/jobs', { workflow: PARKED, input: itemOf(ids.length) })) as { id: string }
    if (how !== null) await gateway.post(`/v1/jobs/${id}:${how}`, { reason: 'For the bench' })
    ids.push(id)
  }
  return ids
}
