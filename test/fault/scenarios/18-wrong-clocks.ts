import { waitFor } from '@stageline/testkit'
import { setTimeout as delay } from 'node:timers/promises'
import { MIX } from '../line/job-mix.ts'
import type { Scenario } from '../line/scenario.ts'
import type { Rig } from '../line/start-rig.ts'
import { pauseStage, resumeStage } from '../line/stage-pause.ts'
import { COMMIT_TIMES, furthestEntryMs, retryDriftsMs } from '../line/timed-by-postgres.ts'
import type { Trials } from '../line/trials.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const HOLD_MS = 10_000
/** Far above what a statement takes, far below what the clocks are wrong by. */
const ENTRY_WITHIN_MS = 10_000

/** By how much the clock of the i-th process is wrong. */
const SKEWS = [
  {
    name: 'clocks apart',
    target: 'each process by 60 s, forwards or backwards',
    skew: (i: number) => sign(i) * MINUTE_MS,
  },
  {
    name: 'clocks leap',
    target: 'each process by an hour, forwards or backwards',
    skew: (i: number) => sign(i) * HOUR_MS,
  },
  { name: 'clocks step back', target: 'each process by up to two hours', skew: () => -HOUR_MS },
] as const

const sign = (i: number): number => (i % 2 === 0 ? 1 : -1)

export const wrongClocks: Scenario = {
  row: 18,
  name: 'wrong-clocks',
  title: 'whatever the clocks of the processes say, what is due comes in its time',
  targetMs: 1_000,
  inTests: false,
  rig: { postgresSettings: COMMIT_TIMES },
  run: async (rig, trials) => {
    const since = new Date()
    await trials.warmUp({ ratePerS: 15, mix: { ...MIX, flaky: 0.4 } })
    for (const { name, target, skew } of SKEWS) {
      await trials.cause(name, target, async () => rig.members.forEach((member, i) => member.shiftClock(skew(i))), {
        measure: ({ overTime }) => driftsOver(rig, overTime),
      })
    }
    await startWithWrongClock(rig, trials)
    // Half an hour from now is to come, also for a gateway that is an hour ahead.
    await pauseStage(rig, 'scoring', new Date(Date.now() + HOUR_MS / 2))
    await resumeStage(rig, 'scoring')

    const furthest = await furthestEntryMs(rig, since)
    trials.figure('retries measured', trials.recoveriesMs().length)
    trials.figure('furthest entry from its commit', `${furthest} ms`)
    trials.expect(trials.recoveriesMs().length > 0, 'steps were retried while the clocks were wrong')
    trials.expect(furthest <= ENTRY_WITHIN_MS, 'the history has the time of the database')
  },
}

/** What a process believes before the database has first answered must go nowhere. */
async function startWithWrongClock(rig: Rig, trials: Trials): Promise<void> {
  const victims = [rig.of('orchestrator')[0]!, rig.of('extraction')[0]!, rig.of('gateway')[0]!]
  const names = victims.map(({ name }) => name).join(', ')
  const restart = async () => {
    const deaths = victims.map((victim) => victim.deaths())
    for (const victim of victims) {
      victim.shiftClock(HOUR_MS)
      victim.kill()
    }
    await waitFor(() => victims.every((victim, i) => victim.deaths() > deaths[i]!))
    await Promise.all(victims.map((victim) => victim.whenReady(30_000)))
  }
  await trials.cause('start with a wrong clock', names, restart, {
    measure: ({ overTime }) => driftsOver(rig, overTime),
  })
}

/** Retries that came due a while after the fault, each by how much it missed its time. */
async function driftsOver(rig: Rig, since: Date): Promise<number[]> {
  await delay(HOLD_MS)
  return (await retryDriftsMs(rig, since)).map(Math.abs)
}
