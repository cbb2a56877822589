import type { Workflow } from '@stageline/domain'
import type { IntakePast, JobPast, JobStore } from './ports/index.ts'
import { pastAskedOf, routesAtIntake } from './route-at-intake.ts'
import type { SubmitRequest } from './submit-jobs.ts'
import { dayOf, withinDay, type DayAnswer, type DayFull } from './within-day.ts'

/** A request whose input fits; `at` is its place among those that came together. */
export type Checked = { at: number; workflow: Workflow; request: SubmitRequest }
export type WithPast = Checked & { past: JobPast; countedOn: string | null; day: DayFull | null }

type Store = Pick<JobStore, 'pastOf' | 'ownersOf' | 'now'>

const NO_PAST: JobPast = { outcomes: { succeeded: 0, failed: 0 }, recentFailures: 0 }

/**
 * Requests with what the past says of them, as far as their workflow's day has room. One question for all that are
 * routed at intake or counted by day; none where there are no such.
 */
export async function withPast(
  checked: readonly Checked[],
  store: Store,
): Promise<{ within: WithPast[]; others: { at: number; answer: DayAnswer }[] }> {
  const asking = checked.filter(({ workflow }) => looksBack(workflow))
  if (asking.length === 0)
    return { within: checked.map((one) => ({ ...one, past: NO_PAST, countedOn: null, day: null })), others: [] }
  const { tenantId } = asking[0]!.request
  const past = await store.pastOf(
    tenantId,
    asking.map(({ request }) => pastAskedOf(request)),
  )
  const jobs = new Map(asking.map(({ at }, i) => [at, past.jobs[i]!]))
  const ownersOf = (requests: readonly SubmitRequest[]) =>
    store.ownersOf(
      tenantId,
      requests.map(({ idempotency }) => idempotency ?? null),
    )
  const now = store.now()
  const { within, others } = await withinDay(checked, past, { ownersOf, now })
  return { within: within.map((one) => ({ ...one, ...pastOf(one, jobs, past, now) })), others }
}

const looksBack = (workflow: Workflow): boolean =>
  routesAtIntake(workflow) || workflow.policy?.maxDailyTasks !== undefined

const pastOf = (
  { at, workflow }: Checked,
  jobs: ReadonlyMap<number, JobPast>,
  { day, resetsAt }: IntakePast,
  now: Date,
) => ({
  past: jobs.get(at) ?? NO_PAST,
  countedOn: jobs.has(at) ? day : null,
  day: dayOf(workflow, resetsAt, now),
})
