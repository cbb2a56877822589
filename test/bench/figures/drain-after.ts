import { contenderOf } from '../contenders/index.ts'
import { startServices } from '../contenders/stageline.ts'
import { drain } from '../rig/drain.ts'
import { fillRecord } from '../rig/fill.ts'
import { gatewayIn } from '../rig/gateway.ts'
import type { Rig } from '../rig/rig.ts'
import type { Figure } from './figure.ts'

/** The rate of a drain with so many finished jobs in the record, as a share of that with few. */
export function drainAfter(few: number, many: number, about: Omit<Figure, 'measure' | 'unit' | 'better'>): Figure {
  return {
    ...about,
    unit: `× that after ${few.toLocaleString('en')}`,
    better: 'more',
    measure: async ({ rounds, report }) => {
      const rates: { few: number[]; many: number[] } = { few: [], many: [] }
      for (let round = 1; round <= rounds; round += 1) {
        for (const [size, jobs] of [
          ['few', few],
          ['many', many],
        ] as const) {
          const { rate, others } = await drain(contenderOf('stageline'), { before: (rig) => fill(rig, jobs, report) })
          report(
            `round ${round}: ${Math.round(rate)} items/s after ${jobs.toLocaleString('en')} (others: ${others.toFixed(2)} cores)`,
          )
          rates[size].push(Math.round(rate))
        }
      }
      return {
        values: rates.many.map((rate, i) => rate / rates.few[i]!),
        ours: rates.many,
        peers: { [`after ${few}`]: rates.few },
      }
    },
  }
}

/** A gateway for as long as it takes. */
async function fill({ servers, folder }: Rig, jobs: number, report: (line: string) => void): Promise<void> {
  const { databaseUrl, redisUrl } = servers
  await using _services = await startServices({ databaseUrl, redisUrl, folder }, ['gateway'])
  await fillRecord({ databaseUrl, gateway: await gatewayIn(folder), report }, jobs)
}
