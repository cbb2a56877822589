import { waitFor } from '@stageline/testkit'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { letAge, untilSweep, untilWaiting } from '../line/backlog.ts'
import { unsentJobs } from '../line/in-hand.ts'
import { movingJobs, pile, untilMoving } from '../line/open-jobs.ts'
import { pauseStage, resumeStage } from '../line/stage-pause.ts'
import type { Scenario } from '../line/scenario.ts'
import type { Rig } from '../line/start-rig.ts'

const TIMES = 2
/** The last stage: what waits for it leaves the others at work. */
const HELD = 'scoring'
const WAITING = 50
const TARGET_MS = 5_000
const SWEEP_WITHIN_MS = 2_000

const MANY = 100_000
const MANY_TARGET_MS = 30_000
const MANY_DRAIN_MS = 900_000
const LOOK_EVERY_MS = 500

export const flushRedis: Scenario = {
  row: 8,
  name: 'flush-redis',
  title: 'Redis is flushed under load: a sweep begins at once and sends again what waited',
  targetMs: TARGET_MS,
  inTests: true,
  run: async (rig, trials) => {
    await trials.warmUp()
    const sweeps: number[] = []
    for (let i = 0; i < TIMES; i += 1) {
      await pauseStage(rig, HELD)
      const waiting = await untilWaiting(rig, HELD, WAITING)
      await letAge(rig, waiting)
      let sweep: Promise<number> | undefined
      const { itemsMs } = await trials.cause('FLUSHALL', `${waiting.length} waiting`, async () => {
        await rig.stores.flushRedis()
        sweep = untilSweep(rig, waiting)
        await resumeStage(rig, HELD)
      })
      sweeps.push((await sweep)!)
      trials.expect(itemsMs.length >= WAITING, 'messages were lost')
      trials.expect(Math.max(...itemsMs) <= 2 * TARGET_MS, 'the last of what waited moves in time, twice that at worst')
    }
    trials.figure('sweep begins within', `${Math.round(Math.max(...sweeps))} ms`)
    trials.expect(Math.max(...sweeps) <= 2 * SWEEP_WITHIN_MS, `a sweep begins within ${SWEEP_WITHIN_MS} ms`)
  },
}

export const flushRedis100k: Scenario = {
  row: 8,
  name: 'flush-redis-100k',
  title: 'Redis is flushed while a hundred thousand jobs wait: all are sent again',
  targetMs: MANY_TARGET_MS,
  inTests: false,
  // So many rows would slow down whoever comes after it.
  rig: {},
  run: async (rig, trials) => {
    await trials.warmUp()
    rig.load.stop()
    await pauseStage(rig, 'classification')
    await pile(rig.load, MANY)
    await rig.load.settled(60_000)
    await waitFor(async () => (await unsentJobs(rig)).length === 0, { timeoutMs: 60_000, message: 'all to be sent' })
    const waiting = await movingJobs(rig)
    trials.figure('jobs that waited', waiting)
    trials.expect(waiting >= MANY, `${MANY} jobs waited`)
    const untilSentAgain = await watchSending(rig)
    await trials.cause('FLUSHALL', `${MANY} waiting`, () => rig.stores.flushRedis(), {
      measure: async ({ overAt }) => [(await untilSentAgain()) - overAt],
      withinMs: 0,
    })
    await resumeStage(rig, 'classification')
    const drainMs = await untilMoving(rig, 0, MANY_DRAIN_MS)
    trials.figure('worked off within', `${Math.round(drainMs / 1_000)} s`)
  },
}

/**
 * Waits until every job that waits now has a message again. To look for those all the while would take a good part of what
 * Redis and Postgres can do: only when the last row has been written anew, as is done to send it again.
 */
async function watchSending(rig: Rig): Promise<() => Promise<number>> {
  const [{ revision } = { revision: 0 }] = await rig.admin.query<{ revision: number }>(
    `SELECT max(revision) AS revision FROM jobs WHERE state = 'queued'`,
  )
  const areWritten = async () => {
    await delay(LOOK_EVERY_MS)
    const left = `SELECT 1 FROM jobs WHERE state = 'queued' AND revision <= $1 LIMIT 1`
    return (await rig.admin.query(left, [revision])).length === 0
  }
  const areSent = async () => (await unsentJobs(rig)).length === 0
  return async () => {
    await waitFor(areWritten, { timeoutMs: 10 * MANY_TARGET_MS, message: 'all to be written anew' })
    await waitFor(areSent, { timeoutMs: MANY_TARGET_MS, message: 'all to be sent again' })
    return performance.now()
  }
}
