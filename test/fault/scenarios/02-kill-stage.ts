import { waitFor } from '@stageline/testkit'
import { inHandOf } from '../line/in-hand.ts'
import { STAGES } from '../line/job-mix.ts'
import type { Scenario } from '../line/scenario.ts'

/** Long enough that workers always have something in hand. */
const SLOW_MS = 200

export const killStage: Scenario = {
  row: 2,
  name: 'kill-stage',
  title: 'all workers of a stage are killed: it goes on when they are started again',
  targetMs: 20_000,
  inTests: false,
  run: async (rig, trials) => {
    await trials.warmUp({ slowMs: SLOW_MS })
    let held = 0
    for (const stage of STAGES) {
      const victims = rig.of(stage)
      await Promise.all(victims.map((victim) => victim.whenReady(30_000)))
      await trials.cause('kill -9 all workers', stage, async () => {
        victims.forEach((victim) => victim.freeze())
        held += (await Promise.all(victims.map((victim) => inHandOf(rig, victim)))).flat().length
        const before = victims.map(({ pid }) => pid())
        victims.forEach((victim) => victim.kill())
        // Both recoveries begin with the new processes: without workers nothing can move.
        const started = () => victims.every(({ pid }, i) => pid() !== undefined && pid() !== before[i])
        await waitFor(started, { timeoutMs: 30_000, message: `${stage} to be started again` })
      })
    }
    trials.figure('jobs in hand', held)
    trials.expect(held > 0, 'the killed workers had work in hand')
  },
}
