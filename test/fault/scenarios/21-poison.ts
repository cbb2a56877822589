import { waitFor } from '@stageline/testkit'
import { jobsOfKeys } from '../line/jobs-of-keys.ts'
import type { Scenario } from '../line/scenario.ts'
import type { Rig } from '../line/start-rig.ts'

const STAGE = 'extraction'
/** Each kind and how its task has to be caused: a process survives the last two, or is replaced in order. */
const KINDS = [
  { name: 'exit', script: { fail: 'exit' }, cause: 'poison' },
  { name: 'out of memory', script: { fail: 'oom' }, cause: 'poison' },
  { name: 'endless loop', script: { fail: 'loop' }, cause: 'poison' },
  { name: 'stack overflow', script: { fail: 'overflow' }, cause: 'attempts_exhausted' },
  { name: 'hung promise', script: { hang: true }, cause: 'attempts_exhausted' },
] as const
const MOST_CRASHES = 4
const ISOLATED_WITHIN_MS = 60_000
const NOTHING_FAILS = { flaky: 0, permanent: 0, poison: 0 }

export const poison: Scenario = {
  row: 21,
  name: 'poison',
  title: 'steps that kill, block or never end are isolated, and nobody beside them is harmed',
  targetMs: ISOLATED_WITHIN_MS,
  inTests: true,
  rig: {
    env: {
      STAGELINE_STUCK_LIMIT_MS: '5000',
      STAGELINE_STOP_GRACE_MS: '1000',
      STAGELINE_QUARANTINE_MEMORY_MB: '64',
      NODE_OPTIONS: '--max-old-space-size=192',
    },
  },
  run: async (rig, trials) => {
    await trials.warmUp({ mix: NOTHING_FAILS, slowMs: 50 })
    let jobs: readonly string[] = []
    const submit = async () => {
      const keys = await rig.load.send(KINDS.map(({ script }) => ({ expect: 'task', script: { [STAGE]: script } })))
      return (jobs = await jobsOfKeys(rig, keys))
    }
    const names = KINDS.map(({ name }) => name).join(', ')
    await trials.cause('poison', names, submit, { measure: () => isolations(rig, jobs), withinMs: 90_000 })
    const ends = await untilTasks(rig, jobs)

    for (const [i, { name, cause }] of KINDS.entries()) {
      const { crashes, causes } = ends[i]!
      trials.figure(name, `${crashes} crashes, ${causes.join()}`)
      trials.expect(causes.join() === cause, `${name} ends in one task, because of ${cause}`)
      trials.expect(crashes <= MOST_CRASHES, `${name} takes ${MOST_CRASHES} processes with it at most`)
    }
    const counted = await rig.admin.query<{ id: string }>('SELECT job_id AS id FROM history WHERE attempt > 1')
    trials.expect(counted.length === 0, `no attempt of anybody else is counted: ${JSON.stringify(counted[0])}`)
  },
}

/** Since its acceptance: until its second crash, from which on it is worked alone, or until a person has it. */
async function isolations(rig: Rig, jobs: readonly string[]): Promise<number[]> {
  const sql = `SELECT extract(epoch FROM least((j.steps #>> '{${STAGE},k,1,at}')::timestamptz,
      (SELECT min(t.created_at) FROM tasks t WHERE t.job_id = j.id)) - j.created_at)::float8 * 1000 AS ms
    FROM jobs j WHERE j.id = ANY ($1::uuid[])`
  let rows: { ms: number | null }[] = []
  const all = async () =>
    (rows = await rig.admin.query<{ ms: number | null }>(sql, [jobs])).every(({ ms }) => ms !== null)
  await waitFor(all, { timeoutMs: 3 * ISOLATED_WITHIN_MS, message: 'each poison to be alone' }).catch(() => undefined)
  return rows.map(({ ms }) => ms ?? Infinity)
}

type End = { crashes: number; causes: string[] }

/** In the order of the jobs. */
async function untilTasks(rig: Rig, jobs: readonly string[]): Promise<End[]> {
  const sql = `SELECT coalesce(jsonb_array_length(j.steps #> '{${STAGE},k}'), 0) AS crashes,
      ARRAY(SELECT t.cause FROM tasks t WHERE t.job_id = j.id) AS causes
    FROM unnest($1::uuid[]) WITH ORDINALITY AS f(id, n) JOIN jobs j ON j.id = f.id ORDER BY f.n`
  let ends: End[] = []
  const all = async () => (ends = await rig.admin.query<End>(sql, [jobs])).every(({ causes }) => causes.length > 0)
  await waitFor(all, { timeoutMs: 3 * ISOLATED_WITHIN_MS, message: 'each poison to be with a person' })
  return ends
}
