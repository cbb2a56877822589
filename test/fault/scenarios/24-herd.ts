import { waitFor } from '@stageline/testkit'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { countAnswers } from '../line/count-answers.ts'
import { deathsIn } from '../line/crashes.ts'
import { STAGES } from '../line/job-mix.ts'
import { peakMemoryOf } from '../line/memory-of.ts'
import { movingJobs, pile, untilMoving } from '../line/open-jobs.ts'
import type { Scenario } from '../line/scenario.ts'
import { pauseStage, resumeStage } from '../line/stage-pause.ts'
import type { Rig } from '../line/start-rig.ts'
import type { Trials } from '../line/trials.ts'

/** Worked off to learn how much the line can do when nothing is wrong. */
const SAMPLE = 2_000
const SLOWER_AT_MOST = 2
const MEMORY_MB = 512
const DRAIN_MS = 900_000

const CALM = 25
const STORM = 20 * CALM
const STORM_MS = 60_000
/** Open jobs of a tenant: reached during the storm, not before. */
const BOUND = 3_000

export const loadHerd: Scenario = {
  row: 24,
  name: 'herd',
  title:
    'twenty times the load for a minute: what is too much is asked to come again, all that was accepted is worked off',
  inTests: false,
  rig: { env: { STAGELINE_MAX_OPEN_JOBS_PER_TENANT: String(BOUND) } },
  run: async (rig, trials) => {
    const perS = await capacity(rig, trials, SAMPLE)
    await trials.warmUp({ ratePerS: CALM })
    using answers = countAnswers(rig.recorder)
    const storm = async () => {
      rig.load.start({ ratePerS: STORM, bulk: 0.9 })
      await delay(STORM_MS)
      rig.load.stop()
      const { sent, accepted, refused } = rig.load.counts()
      return (await movingJobs(rig)) + sent - accepted - refused
    }
    await outlast(rig, trials, {
      name: 'herd',
      target: `${STORM} jobs/s for ${STORM_MS / 1_000} s`,
      perS,
      pileUp: storm,
    })
    trials.figure('answers', JSON.stringify(Object.fromEntries(answers.byStatus())))
    trials.expect((answers.byStatus().get(429) ?? 0) > 0, 'the bound was reached, and who comes then is asked to wait')
  },
}

const RETRIES = 6_000

export const retryHerd: Scenario = {
  row: 24,
  name: 'retry-herd',
  title: `${RETRIES} retries are due at one instant: they are worked off as if they had come one after the other`,
  inTests: false,
  run: async (rig, trials) => {
    const perS = await capacity(rig, trials, SAMPLE)
    const orchestrators = rig.of('orchestrator')
    const failOnce = { script: { scoring: { fail: 'transient', times: 1 } }, maxAttempts: 2 }
    const allAtOnce = async () => {
      await Promise.all(orchestrators.map((one) => one.stop(10_000)))
      await pile(rig.load, RETRIES, failOnce)
      await waitFor(async () => (await retrying(rig)) >= RETRIES, { timeoutMs: 120_000, message: 'all to fail once' })
      for (const one of orchestrators) one.start()
      await Promise.all(orchestrators.map((one) => one.whenReady(30_000)))
      return RETRIES
    }
    // One step of each job is still to be done.
    const share = 1 / STAGES.length
    await outlast(rig, trials, { name: 'retries due at once', target: `${RETRIES}`, perS, pileUp: allAtOnce, share })
  },
}

const OUTAGE = 100_000

export const backlogHerd: Scenario = {
  row: 24,
  name: 'backlog-herd',
  title: `${OUTAGE} jobs wait when Redis comes back: they are worked off at the usual pace`,
  inTests: false,
  // So many rows would slow down whoever comes after it.
  rig: {},
  run: async (rig, trials) => {
    const perS = await capacity(rig, trials, SAMPLE)
    const outage = async () => {
      await rig.stores.killRedis()
      await pile(rig.load, OUTAGE)
      await rig.stores.startRedis()
      return OUTAGE
    }
    await outlast(rig, trials, { name: 'Redis down', target: `${OUTAGE} jobs`, perS, pileUp: outage })
  },
}

/** Jobs a second that the line works off when nothing is wrong. */
async function capacity(rig: Rig, trials: Trials, jobs: number): Promise<number> {
  await trials.warmUp({ ratePerS: CALM })
  rig.load.stop()
  await untilMoving(rig, 0, DRAIN_MS)
  await pauseStage(rig, 'classification')
  await pile(rig.load, jobs)
  await resumeStage(rig, 'classification')
  const perS = (1_000 * jobs) / (await untilMoving(rig, 0, DRAIN_MS))
  trials.figure('usual pace', `${Math.round(perS)} jobs/s`)
  return perS
}

type Herd = {
  name: string
  target: string
  /** The usual pace, jobs a second. */
  perS: number
  /** Resolves when the backlog may be worked off, with its number of jobs. */
  pileUp: () => Promise<number>
  /** What of a whole job is still to be done of each. */
  share?: number
}

/** Has a backlog made, and judges how it is worked off. */
async function outlast(rig: Rig, trials: Trials, { name, target, perS, pileUp, share = 1 }: Herd): Promise<void> {
  const deathsBefore = deathsIn(rig)
  let [backlog, drainMs] = [0, 0]
  const drained = async ({ overAt }: { overAt: number }) => {
    await rig.load.settled(DRAIN_MS)
    await untilMoving(rig, 0, DRAIN_MS)
    drainMs = performance.now() - overAt
    return []
  }
  const fault = async () => void (backlog = await pileUp())
  await trials.cause(name, target, fault, { measure: drained, withinMs: 0 })
  const usualMs = (1_000 * backlog * share) / perS
  const largest = Math.max(...(await Promise.all(rig.members.map(peakMemoryOf))))
  trials.figure('backlog', backlog)
  trials.figure(
    'worked off within',
    `${(drainMs / 1_000).toFixed(1)} s, ${(drainMs / usualMs).toFixed(2)} of the usual time`,
  )
  trials.figure('largest process', `${largest} MB`)
  trials.expect(
    drainMs <= 2 * SLOWER_AT_MOST * usualMs,
    `the backlog is worked off in ${SLOWER_AT_MOST} times the usual time, twice that at worst`,
  )
  trials.expect(largest <= MEMORY_MB, `no process holds more than ${MEMORY_MB} MB`)
  trials.expect(deathsIn(rig) === deathsBefore, 'no process ends')
}

/** Jobs with a step that waits for its next attempt. */
async function retrying({ admin }: Rig): Promise<number> {
  const [row] = await admin.query<{ n: number }>(`SELECT count(*)::int AS n FROM jobs WHERE state = 'retrying'`)
  return row!.n
}
