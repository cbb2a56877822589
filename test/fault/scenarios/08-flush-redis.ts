import { letAge, untilSweep, untilWaiting } from '../line/backlog.ts'
import { pauseStage, resumeStage } from '../line/stage-pause.ts'
import type { Scenario } from '../line/scenario.ts'

const TIMES = 2
/** The last stage: what waits for it leaves the others at work. */
const HELD = 'scoring'
const WAITING = 50
const TARGET_MS = 5_000
const SWEEP_WITHIN_MS = 2_000

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
