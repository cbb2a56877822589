import { waitFor } from '@stageline/testkit'
import type { Member } from '../line/member.ts'
import type { Scenario } from '../line/scenario.ts'
import type { Rig } from '../line/start-rig.ts'
import { followUnclear } from '../line/unclear-submissions.ts'

const RATE_PER_S = 15
const ANSWERED_WITHIN_MS = 30_000

const WAYS = [
  { name: 'kill -9 gateway', kill: async (victim: Member) => victim.kill() },
  { name: 'kill -9 gateway between commit and answer', kill: killAfterCommit },
] as const

export const killGateway: Scenario = {
  row: 4,
  name: 'kill-gateway',
  title: 'submissions that a killed gateway left unanswered are answered by the other one under their keys',
  targetMs: 2_000,
  inTests: true,
  run: async (rig, trials) => {
    await trials.warmUp({ ratePerS: RATE_PER_S, bulk: 0.3 })
    let [unclear, kept] = [0, 0]
    for (const victim of rig.of('gateway')) {
      for (const { name, kill } of WAYS) {
        await victim.whenReady(ANSWERED_WITHIN_MS)
        using following = followUnclear(rig.recorder)
        const measure = async ({ overAt, overTime }: { overAt: number; overTime: Date }) => {
          const cleared = await following.cleared(ANSWERED_WITHIN_MS)
          unclear += cleared.length
          kept += await storedBefore(
            rig,
            cleared.flatMap(({ jobId }) => jobId ?? []),
            overTime,
          )
          return cleared.map(({ at }) => Math.max(0, at - overAt))
        }
        await trials.cause(name, victim.name, () => kill(victim), { measure, withinMs: 15_000 })
      }
    }
    trials.figure('unanswered submissions', unclear)
    trials.figure('of them stored', kept)
    trials.expect(unclear > 0, 'submissions were under way when a gateway was killed')
    trials.expect(kept > 0, 'some of them had been stored, and their keys gave the job that there was')
  },
}

/** The next job that it stores is the last: stored, not answered, and its message not sent. */
async function killAfterCommit(victim: Member): Promise<void> {
  const deaths = victim.deaths()
  victim.breakAt('recorded:kill')
  await waitFor(() => victim.deaths() > deaths, { timeoutMs: 20_000, message: `${victim.name} to die` })
  victim.breakAt('')
}

async function storedBefore(rig: Rig, jobs: readonly string[], time: Date): Promise<number> {
  const [row] = await rig.admin.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM jobs WHERE id = ANY ($1::uuid[]) AND created_at < $2',
    [jobs, time],
  )
  return row!.n
}
