import { performance } from 'node:perf_hooks'
import { FAULT_CLASSES } from '../line/faults.ts'
import type { Random } from '../line/random.ts'
import type { Scenario } from '../line/scenario.ts'

const HOLD_MS = { from: 1_000, to: 5_000 }
const CLASSES_AT_LEAST = 6
const RECOVER_WITHIN_MS = 30_000
/** So that half an hour sees a hundred thousand jobs. */
const RATE_PER_S = 65

export const randomMix: Scenario = {
  row: 30,
  name: 'random-mix',
  title: 'faults of all kinds, drawn by chance, one after the other: nothing is lost, doubled or illegal',
  targetMs: 30_000,
  inTests: true,
  run: async (rig, trials, { minutes = 3 }) => {
    const long = minutes > 5
    await trials.warmUp(long ? { ratePerS: RATE_PER_S, bulk: 0.8 } : {})
    const random = rig.random
    const until = performance.now() + minutes * 60_000
    const draw = shuffled(random)
    while (performance.now() < until) {
      const { name, draw: aim } = draw()
      const { target, cause } = aim(rig, random)
      const holdMs = random.between(HOLD_MS.from, HOLD_MS.to)
      await trials.cause(name, target, () => cause(holdMs), { withinMs: RECOVER_WITHIN_MS, alongside: true })
    }
    const fired = Map.groupBy(trials.all(), ({ name }) => name)
    for (const [name, all] of fired) trials.figure(name, all.length)
    trials.expect(fired.size >= CLASSES_AT_LEAST, `at least ${CLASSES_AT_LEAST} kinds of faults were caused`)
  },
}

/** Every class once before any comes again, so that a short run sees many and a long one all alike. */
function shuffled(random: Random) {
  let left: (typeof FAULT_CLASSES)[number][] = []
  return () => {
    if (left.length === 0) left = [...FAULT_CLASSES]
    const [drawn] = left.splice(random.below(left.length), 1)
    return drawn!
  }
}
