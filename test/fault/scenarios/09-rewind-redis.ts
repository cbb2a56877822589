import { waitFor } from '@stageline/testkit'
import { setTimeout as delay } from 'node:timers/promises'
import { letAge, untilWaiting, waitingFor } from '../line/backlog.ts'
import { inQueueOf } from '../line/in-hand.ts'
import { CALLING } from '../line/job-mix.ts'
import { copyRedis, cutOffReplica, type RedisHistory } from '../line/redis-history.ts'
import type { Scenario } from '../line/scenario.ts'
import { pauseStage, resumeStage } from '../line/stage-pause.ts'
import type { Rig } from '../line/start-rig.ts'

const WAITING = 50
const BACK_MS = 10_000
const TARGET_MS = 15_000

export const restoreOldRedis = rewindRedis({ name: 'restore-old-redis', how: 'files of before', keep: copyRedis })
export const promoteReplica = {
  ...rewindRedis({ name: 'promote-lagging-replica', how: 'a replica that lagged', keep: cutOffReplica }),
  // Its Redis is another one afterwards.
  rig: {},
}

type Rewind = { name: string; how: string; keep(rig: Rig): Promise<RedisHistory> }

function rewindRedis({ name, how, keep }: Rewind): Scenario {
  return {
    row: 9,
    name,
    title: `Redis goes back in time (${how}): what was done stays done, what was lost is sent again`,
    targetMs: TARGET_MS,
    inTests: false,
    run: async (rig, trials) => {
      await trials.warmUp()
      const done = await holdBack(rig)
      const then = await keep(rig)
      await resumeStage(rig, CALLING)
      await delay(BACK_MS)
      await untilWorked(rig, done)
      const lost = await holdBack(rig)
      await letAge(rig, lost)
      const calls = callsOf(rig, done)
      let queued: readonly string[] = []
      const { itemsMs } = await trials.cause('Redis back in time', how, async () => {
        await then.rewind()
        queued = await inQueueOf(rig, CALLING)
        await resumeStage(rig, CALLING)
      })
      const stale = queued.filter((id) => done.includes(id))
      trials.figure('stale messages for jobs', stale.length)
      trials.figure('messages lost for jobs', lost.length - queued.filter((id) => lost.includes(id)).length)
      trials.expect(stale.length >= WAITING, 'what was done is queued once more')
      trials.expect(!lost.some((id) => queued.includes(id)), 'what was sent since is lost')
      trials.expect(
        Math.max(...itemsMs) <= 2 * TARGET_MS,
        'the last of what was lost moves in time, twice that at worst',
      )
      trials.expect(callsOf(rig, done) === calls, 'no stale message makes a call')
    },
  }
}

async function holdBack(rig: Rig): Promise<string[]> {
  await pauseStage(rig, CALLING)
  return untilWaiting(rig, CALLING, WAITING)
}

async function untilWorked(rig: Rig, jobs: readonly string[]): Promise<void> {
  const worked = async () => !(await waitingFor(rig, CALLING)).some((id) => jobs.includes(id))
  await waitFor(worked, { timeoutMs: 60_000, message: `${jobs.length} jobs to be worked` })
}

const callsOf = (rig: Rig, jobs: readonly string[]): number =>
  jobs.reduce((sum, id) => sum + (rig.calls.get(`${id}/${CALLING}`) ?? 0), 0)
