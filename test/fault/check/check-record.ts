import { CheckLimits } from './check-limits.ts'
import type { Found, Invariant, Look, Need } from './invariant.ts'
import { acceptedJobsExist } from './invariants/i1-accepted-jobs-exist.ts'
import { jobsComeToRest } from './invariants/i2-jobs-come-to-rest.ts'
import { effectsHappenOnce } from './invariants/i3-effects-happen-once.ts'
import { historyIsLegal } from './invariants/i4-history-is-legal.ts'
import { triesAndTasksAreEarned } from './invariants/i5-tries-and-tasks-are-earned.ts'
import { oneKeyOneJob } from './invariants/i6-one-key-one-job.ts'
import { nothingIsOverlooked } from './invariants/i7-nothing-is-overlooked.ts'
import { tenantsKeepApart } from './invariants/i8-tenants-keep-apart.ts'
import { queuesHoldLiveWork } from './invariants/i9-queues-hold-live-work.ts'
import { workIsDoneOnce } from './invariants/i10-work-is-done-once.ts'
import { countersEqualRows } from './invariants/counters-equal-rows.ts'
import { lookAtRedis } from './look-at-redis.ts'
import { openSnapshot } from './open-snapshot.ts'

const INVARIANTS: readonly Invariant[] = [
  acceptedJobsExist,
  jobsComeToRest,
  effectsHappenOnce,
  historyIsLegal,
  triesAndTasksAreEarned,
  oneKeyOneJob,
  nothingIsOverlooked,
  tenantsKeepApart,
  queuesHoldLiveWork,
  workIsDoneOnce,
  countersEqualRows,
]

export type CheckRequest = {
  /** A superuser's, or that of the role `worker`. */
  databaseUrl: string
  /** File of the recorder: what was promised and seen outside. */
  recorder?: string | undefined
  redis?: { url: string; prefix: string } | undefined
  /** Work is still going on: what only holds at rest is left out. */
  unquiesced?: boolean
  limits?: Partial<CheckLimits>
}

export type Finding = Found & {
  id: string
  what: string
  holds: boolean
  /** Rules that could not be asked, because what they need was not given. */
  unchecked: string[]
}

/** Looks at one snapshot of the record through every invariant. Writes nothing. */
export async function checkRecord(request: CheckRequest): Promise<{ accepted: number; findings: Finding[] }> {
  const { databaseUrl, recorder, redis, unquiesced = false, limits = {} } = request
  await using stack = new AsyncDisposableStack()
  const queues = redis && stack.use(await lookAtRedis(redis.url, redis.prefix))
  const { query } = stack.use(await openSnapshot(databaseUrl, recorder))
  const look: Look = { query, limits: CheckLimits.parse(limits), ...(queues && { redis: queues }) }
  const given: Record<Need, boolean> = {
    quiesced: !unquiesced,
    recorder: recorder !== undefined,
    redis: redis !== undefined,
  }
  const findings: Finding[] = []
  for (const invariant of INVARIANTS) findings.push(await judge(invariant, look, given))
  return { accepted: await countAccepted(look, given.recorder), findings }
}

async function judge({ id, what, rules }: Invariant, look: Look, given: Record<Need, boolean>): Promise<Finding> {
  const asked = rules.filter(({ needs }) => needs.every((need) => given[need]))
  const finding: Finding = { id, what, holds: true, count: 0, examples: [], unchecked: [] }
  finding.unchecked = rules.filter((rule) => !asked.includes(rule)).map(({ name }) => name)
  for (const { name, find } of asked) {
    const { count, examples, figures } = await find(look)
    finding.count += count
    finding.examples.push(...examples.map((example) => `${name}: ${example}`))
    if (figures) finding.figures = { ...finding.figures, ...figures }
  }
  return { ...finding, holds: finding.count === 0, examples: finding.examples.slice(0, 5) }
}

/** Jobs that somebody was promised; without a recorder, jobs there are. */
async function countAccepted({ query }: Look, recorded: boolean): Promise<number> {
  const sql = recorded
    ? 'SELECT count(DISTINCT job_id)::float8 AS n FROM recorded_accepted'
    : 'SELECT count(*)::float8 AS n FROM jobs'
  return (await query<{ n: number }>(sql))[0]!.n
}
