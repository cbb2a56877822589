import { inHandOf } from '../line/in-hand.ts'
import { STAGES } from '../line/job-mix.ts'
import type { Scenario } from '../line/scenario.ts'

/** Long enough that a worker always has something in hand, too short for a claim. */
const SLOW_MS = 200
const MEDIAN_TARGET_MS = 10_000

export const killWorker: Scenario = {
  row: 1,
  name: 'kill-worker',
  title: 'a killed worker holds up only what it had in hand, and that for seconds',
  targetMs: 15_000,
  inTests: true,
  run: async (rig, trials) => {
    await trials.warmUp({ slowMs: SLOW_MS })
    const workers = rig.of(STAGES[0]).length
    for (const stage of STAGES) {
      const [victim] = rig.of(stage)
      await trials.cause(
        'kill -9 worker',
        victim!.name,
        async () => {
          victim!.freeze()
          const held = await inHandOf(rig, victim!)
          victim!.kill()
          return held
        },
        { measure: 'jobs' },
      )
      await victim!.whenReady(30_000)
    }
    const times = trials.recoveriesMs().toSorted((a, b) => a - b)
    const median = times[Math.floor(times.length / 2)] ?? 0
    trials.figure('jobs held up', times.length)
    trials.expect(times.length > 0, 'the killed workers had work in hand')
    trials.expect(
      median <= 2 * MEDIAN_TARGET_MS,
      `half of the jobs move within ${MEDIAN_TARGET_MS} ms, twice that at worst`,
    )
    const shares = trials.all().map(({ lowestRate, baseline }) => lowestRate / baseline)
    const lowest = Math.min(...shares)
    const expected = (workers - 1) / workers - 0.1
    trials.figure('lowest pace', `${Math.round(100 * lowest)} %`)
    // A stall of the disk or the machine takes one of them with it; what a dead worker does to the others shows in all.
    const kept = shares.filter((share) => share >= expected).length
    trials.expect(
      kept > shares.length / 2,
      `the others keep ${Math.round(100 * expected)} % of the pace after most kills`,
    )
  },
}
