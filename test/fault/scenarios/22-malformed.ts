import { waitFor } from '@stageline/testkit'
import { jobsOfKeys } from '../line/jobs-of-keys.ts'
import { sendMalformed } from '../line/malformed-inputs.ts'
import type { Scenario } from '../line/scenario.ts'
import type { Rig } from '../line/start-rig.ts'
import type { Trials } from '../line/trials.ts'

const STAGE = 'classification'
/** What a handler gives, and the code by which a person hears of it. */
const OUTPUTS = [
  { fail: 'bad_output', code: 'stage.invalid_output' },
  { fail: 'nul_output', code: 'stage.unstorable_output' },
  { fail: 'surrogate_output', code: 'stage.unstorable_output' },
  { fail: 'deep_output', code: 'stage.unstorable_output' },
  { fail: 'infinite_output', code: 'stage.unstorable_output' },
  { fail: 'huge_output', code: 'stage.unstorable_output' },
] as const
/** Beside each of them in the same bundle. */
const INNOCENTS = 2
const DONE_WITHIN_MS = 60_000

export const malformed: Scenario = {
  row: 22,
  name: 'malformed',
  title: 'what cannot be stored is refused or goes to a person, and nothing beside it is harmed',
  targetMs: 5_000,
  inTests: false,
  run: async (rig, trials) => {
    await trials.warmUp({ ratePerS: 15 })
    await malformedInputs(rig, trials)
    await malformedOutputs(rig, trials)
    const deaths = rig.members.map((member) => member.deaths()).reduce((sum, one) => sum + one, 0)
    trials.expect(deaths === 0, `no process ended over it, and not ${deaths}`)
  },
}

async function malformedInputs(rig: Rig, trials: Trials): Promise<void> {
  for (const gateway of rig.of('gateway')) {
    await trials.cause('malformed and oversized inputs', gateway.name, async () => {
      for (const answer of await sendMalformed(`http://127.0.0.1:${gateway.port}`, rig.tenants[0]!)) {
        const { name, expected, status, neighbours } = answer
        trials.expect(status === expected, `${name} is answered with ${expected}, and not ${status}`)
        trials.expect(
          neighbours.every((one) => one === 202),
          `the lines beside ${name} are taken, and not ${neighbours.join()}`,
        )
      }
    })
  }
}

/** In one request, so that they travel and are recorded together with the innocents. */
async function malformedOutputs(rig: Rig, trials: Trials): Promise<void> {
  const guilty = OUTPUTS.map(({ fail }) => ({ expect: 'task' as const, script: { [STAGE]: { fail } } }))
  const innocent = { expect: 'completed' as const, script: {} }
  const jobs = guilty.flatMap((one) => [one, ...Array.from({ length: INNOCENTS }, () => innocent)])
  await trials.cause('malformed outputs', `${guilty.length} among ${jobs.length}`, async () => {
    const ids = await jobsOfKeys(rig, await rig.load.send(jobs))
    const ends = await endsOf(rig, ids)
    for (const [i, { fail, code }] of OUTPUTS.entries()) {
      const { codes } = ends[i * (1 + INNOCENTS)]!
      trials.expect(codes.join() === code, `${fail} goes to a person as ${code}, and not as ${codes.join()}`)
    }
    const harmed = ends.filter(
      ({ state, attempts }, i) => i % (1 + INNOCENTS) > 0 && (state !== 'completed' || attempts > 1),
    )
    trials.expect(harmed.length === 0, `nothing beside them is harmed: ${JSON.stringify(harmed[0])}`)
  })
}

type End = { state: string; attempts: number; codes: string[] }

/** Once none of them moves any more, in their order. */
async function endsOf(rig: Rig, ids: readonly string[]): Promise<End[]> {
  const sql = `SELECT j.state,
      (SELECT max(h.attempt) FROM history h WHERE h.job_id = j.id) AS attempts,
      ARRAY(SELECT h.failure ->> 'code' FROM history h WHERE h.job_id = j.id AND h.failure IS NOT NULL) AS codes
    FROM unnest($1::uuid[]) WITH ORDINALITY AS f(id, n) JOIN jobs j ON j.id = f.id ORDER BY f.n`
  let ends: End[] = []
  const atRest = async () => {
    ends = await rig.admin.query<End>(sql, [ids])
    return ends.every(({ state }) => state === 'completed' || state === 'suspended')
  }
  const message = 'malformed outputs and their neighbours to be settled'
  await waitFor(atRest, { timeoutMs: DONE_WITHIN_MS, message })
  return ends
}
