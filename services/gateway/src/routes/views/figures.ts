import type { WindowFigures } from '@stageline/engine/ports'
import { z } from 'zod'
import type { GatewayDeps } from '../../gateway-deps.ts'

const HOUR_MS = 3_600_000

export const RoutesAnswer = z
  .object({ automation: z.number().int(), person: z.number().int() })
  .meta({ id: 'Routes', description: 'Jobs that decisions sent to automation only, and to a person' })

export const routesOf = ({ toAutomation, toPerson }: WindowFigures): z.input<typeof RoutesAnswer> => ({
  automation: toAutomation,
  person: toPerson,
})

/** In percent; null where nothing has ended yet. */
export const errorRateOf = ({ completed, gaveUp }: WindowFigures): number | null =>
  share(100 * gaveUp, completed + gaveUp)

/** 0 to 1: of what was automation's, how much ended well without a person. */
export const automationRateOf = ({ automated, automatedWell }: WindowFigures): number | null =>
  share(automatedWell, automated)

/** Jobs that ended in the last full hour: a sum by the hour, of however many. */
export async function throughputOf({ figures, now }: GatewayDeps, tenantId: string, hours = 1): Promise<number> {
  const to = new Date(Math.floor(now().getTime() / HOUR_MS) * HOUR_MS)
  const rows = await figures.hours(tenantId, new Date(to.getTime() - hours * HOUR_MS), to)
  return rows.reduce((sum, { count }) => sum + count, 0) / hours
}

/** 0 to 1, to four places; null of nothing. */
export const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((10_000 * part) / whole) / 10_000
