import { waitFor } from '@stageline/testkit'
import { setTimeout as delay } from 'node:timers/promises'
import { inHandOf } from '../line/in-hand.ts'
import { lateOutcomes } from '../line/metric-of.ts'
import type { Member } from '../line/member.ts'
import type { Scenario } from '../line/scenario.ts'

const SLOW_MS = 200
/** One stage whose steps are claimed before they run, and one whose quick steps are not. */
const STAGES = ['extraction', 'enrichment']
/** Locks and claims last so long. */
const CLAIM_S = 10
/** A process whose event loop stands still for so long ends itself. */
const STUCK_LIMIT_S = 30

export const stallWorker2s = stall(2)
export const stallWorker15s = stall(15)
export const stallWorker60s = stall(60)

export const freezeWorker: Scenario = {
  row: 19,
  name: 'freeze-worker',
  title: 'a frozen worker holds nothing up for long, is not replaced, and what it says afterwards is void',
  targetMs: 15_000,
  inTests: false,
  run: stopAndGo('SIGSTOP worker', 60, async (victim) => {
    victim.freeze()
    await delay(60_000)
    victim.thaw()
  }),
}

function stall(seconds: number): Scenario {
  const dies = seconds > STUCK_LIMIT_S
  return {
    row: 19,
    name: `stall-worker-${seconds}s`,
    title: `an event loop stands still for ${seconds} s: ${dies ? 'its process is replaced' : 'what it says afterwards counts only while nobody else has the step'}`,
    targetMs: 15_000,
    inTests: false,
    run: stopAndGo('event loop stands still', seconds, async (victim) => {
      const deaths = victim.deaths()
      victim.stall(seconds * 1_000)
      if (!dies) await delay(seconds * 1_000)
      else
        await waitFor(() => victim.deaths() > deaths, { timeoutMs: 2_000 * STUCK_LIMIT_S, message: 'it to be ended' })
    }),
  }
}

function stopAndGo(name: string, seconds: number, stop: (victim: Member) => Promise<void>): Scenario['run'] {
  return async (rig, trials) => {
    await trials.warmUp({ slowMs: SLOW_MS })
    let [held, late, deaths] = [0, 0, 0]
    for (const stage of STAGES) {
      const [victim] = rig.of(stage)
      const before = { late: await lateOutcomes(victim!), deaths: victim!.deaths() }
      await trials.cause(name, `${victim!.name} ${seconds} s`, async () => {
        const stopping = stop(victim!)
        held += (await inHandOf(rig, victim!)).length
        await stopping
      })
      await victim!.whenReady(60_000)
      deaths += victim!.deaths() - before.deaths
      if (victim!.deaths() === before.deaths) late += (await lateOutcomes(victim!)) - before.late
    }
    const dies = name !== 'SIGSTOP worker' && seconds > STUCK_LIMIT_S
    trials.figure('jobs in hand', held)
    trials.figure('late outcomes', late)
    trials.figure('processes replaced', deaths)
    trials.expect(held > 0, 'what stood still had work in hand')
    trials.expect(deaths === (dies ? STAGES.length : 0), dies ? 'each is replaced' : 'none is replaced')
    if (!dies && seconds > CLAIM_S) trials.expect(late > 0, 'outcomes came too late and were dropped')
  }
}
