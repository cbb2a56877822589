import { setTimeout as delay } from 'node:timers/promises'
import type { Contender } from '../contenders/contender.ts'
import { startRig, type Cost, type Rig } from './rig.ts'

export type Drain = {
  contender: string
  /** Items a second from the first call of the submitter to the last item done. */
  rate: number
  /** Items a second that the submitter got rid of. */
  submitRate: number
  /** Processor seconds per 1,000 items, by part and in all. */
  cpu: Omit<Cost, 'machine'> & { all: number }
  /** Processors that others on the machine used meanwhile. */
  others: number
}

/**
 * One drain: everything is submitted while the workers run.
 *
 * @param options.before makes the record what it has to be first
 */
export async function drain(
  contender: Contender,
  { items = contender.items, before }: { items?: number; before?: (rig: Rig) => Promise<void> } = {},
): Promise<Drain> {
  await using rig = await startRig(contender)
  await before?.(rig)
  await delay(300)
  const costBefore = rig.cost()
  const began = performance.now()
  const submitted = rig.submitter.next('submitted')
  rig.submitter.ask({ kind: 'submit', from: 1, count: items })
  const { began: from, ended: to } = await submitted
  if (contender.needs.includes('postgres')) await rig.analyze()
  await rig.untilDone(items)
  const seconds = (performance.now() - began) / 1_000
  const last = Math.max(...rig.doneAt.values())
  return {
    contender: contender.name,
    rate: (items * 1_000) / (last - from),
    submitRate: (items * 1_000) / (to - from),
    ...costBetween(costBefore, rig.cost(), { items, seconds }),
  }
}

/** What was used between two looks at the clocks. */
export function costBetween(
  before: Cost,
  after: Cost,
  { items, seconds }: { items: number; seconds: number },
): Pick<Drain, 'cpu' | 'others'> {
  const used = (part: keyof Cost) => after[part] - before[part]
  const parts = { worker: 0, submitter: 0, services: 0, postgres: 0, redis: 0 }
  const names = Object.keys(parts) as (keyof typeof parts)[]
  const all = names.reduce((sum, part) => sum + used(part), 0)
  const perThousand = (cost: number) => (cost * 1_000) / items
  for (const part of names) parts[part] = perThousand(used(part))
  return { cpu: { ...parts, all: perThousand(all) }, others: Math.max(0, used('machine') - all) / seconds }
}
