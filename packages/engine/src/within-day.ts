import type { Workflow } from '@stageline/domain'
import type { Accepted, IntakePast } from './ports/index.ts'
import type { SubmitRequest } from './submit-jobs.ts'
import type { Checked } from './with-past.ts'

/** The workflow has taken in as many jobs as its policy allows a day. */
export type DayFull = { workflow: string; bound: number; resetsAt: string; retryAfterS: number }

export type DayAnswer = Accepted | { kind: 'day_full'; day: DayFull }

type Deps = { ownersOf(requests: readonly SubmitRequest[]): Promise<(Accepted | undefined)[]>; now: Date }
type Granted = { within: Checked[]; others: { at: number; answer: DayAnswer }[] }

/**
 * Keeps the first of each workflow that its day still has room for. What came before under its key is answered all the
 * same. Requests at the same moment do not know of each other yet: the record counts once more when it stores them.
 */
export async function withinDay(
  wanted: readonly Checked[],
  past: Pick<IntakePast, 'acceptedToday' | 'resetsAt'>,
  deps: Deps,
): Promise<Granted> {
  const byWorkflow = [...Map.groupBy(wanted, ({ workflow }) => workflow.key).values()]
  const granted = await Promise.all(byWorkflow.map((items) => ofWorkflow(items, past, deps)))
  return {
    within: granted.flatMap(({ within }) => within).toSorted((a, b) => a.at - b.at),
    others: granted.flatMap(({ others }) => others),
  }
}

async function ofWorkflow(
  items: readonly Checked[],
  { acceptedToday, resetsAt }: Pick<IntakePast, 'acceptedToday' | 'resetsAt'>,
  { ownersOf, now }: Deps,
): Promise<Granted> {
  const { workflow } = items[0]!
  const day = dayOf(workflow, resetsAt, now)
  let room = day === null ? items.length : Math.max(0, day.bound - (acceptedToday[workflow.key] ?? 0))
  if (day === null || items.length <= room) return { within: [...items], others: [] }
  const owners = await ownersOf(items.map(({ request }) => request))
  const full = { kind: 'day_full', day } as const
  const granted: Granted = { within: [], others: [] }
  items.forEach((item, i) => {
    if (owners[i]) granted.others.push({ at: item.at, answer: owners[i] })
    else if (room-- > 0) granted.within.push(item)
    else granted.others.push({ at: item.at, answer: full })
  })
  return granted
}

/** The answer where a day has no room; null for a workflow that takes in any number. */
export function dayOf({ policy, key }: Workflow, resetsAt: string, now: Date): DayFull | null {
  const bound = policy?.maxDailyTasks
  if (bound === undefined) return null
  const retryAfterS = Math.max(1, Math.ceil((Date.parse(resetsAt) - now.getTime()) / 1_000))
  return { workflow: key, bound, resetsAt, retryAfterS }
}
