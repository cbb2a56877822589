import { setTimeout as delay } from 'node:timers/promises'
import { lateOutcomes } from '../line/metric-of.ts'
import type { Weather } from '../line/proxy.ts'
import type { Scenario } from '../line/scenario.ts'

/** In each direction, and in both. */
const WEATHERS: readonly Weather[] = [
  { kind: 'cut', direction: 'toServer' },
  { kind: 'cut', direction: 'toClient' },
  { kind: 'blackhole' },
]
const SLOW_MS = 100
/** One whose quick steps are not claimed, and one whose steps are claimed before they run. */
const STAGES = ['extraction', 'enrichment']

/** From then on others have what the worker had in hand, and what it still says comes too late. */
const LONGER_THAN_CLAIMS_S = 20

export const partitions: readonly Scenario[] = (['redis', 'postgres'] as const).flatMap((store) =>
  [5, 60].map((seconds) => partition(store, seconds)),
)

function partition(store: 'redis' | 'postgres', seconds: number): Scenario {
  return {
    row: 17,
    name: `partition-${store}-${seconds}s`,
    title: `a worker loses its way to ${store} for ${seconds} s, in each direction: others go on, and what it says late is void`,
    targetMs: 15_000,
    inTests: false,
    run: async (rig, trials) => {
      await trials.warmUp({ slowMs: SLOW_MS })
      let late = 0
      for (const weather of WEATHERS) {
        for (const stage of STAGES) {
          const [victim] = rig.of(stage)
          await victim!.whenReady(60_000)
          const before = await lateOutcomes(victim!)
          const what = weather.kind === 'cut' ? weather.direction : 'both ways'
          await trials.cause(`partition from ${store}`, `${victim!.name} ${what}`, async () => {
            await victim![store].set(weather)
            await delay(seconds * 1_000)
            await victim![store].set({ kind: 'pass' })
          })
          late += (await lateOutcomes(victim!)) - before
        }
      }
      trials.figure('late outcomes', late)
      // Without Redis a worker still records in time what it has in hand, and renews its claims.
      const mustBeLate = store === 'postgres' && seconds >= LONGER_THAN_CLAIMS_S
      trials.expect(!mustBeLate || late > 0, 'outcomes came too late and were dropped')
    },
  }
}
