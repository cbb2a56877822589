import type { Asked, Told } from './child.ts'
import { costBetween, type Drain } from './drain.ts'
import type { Rig } from './rig.ts'

export type Calls = Extract<Told, { kind: 'submitted' }> & Pick<Drain, 'cpu' | 'others'>

/** Lets the submitter submit one item a call. */
export async function submitEach(rig: Rig, how: Omit<Extract<Asked, { kind: 'submit' }>, 'kind'>): Promise<Calls> {
  const before = rig.cost()
  const submitted = rig.submitter.next('submitted')
  rig.submitter.ask({ kind: 'submit', ...how })
  const told = await submitted
  return {
    ...told,
    ...costBetween(before, rig.cost(), { items: how.count, seconds: (told.ended - told.began) / 1_000 }),
  }
}
