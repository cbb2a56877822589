import type { FailingWorkflow, FillingDay, FoundByRules, RuleAlert, StuckJobs } from '../ports/index.ts'
import { derivedId } from '../trigger/derived-id.ts'

const HOUR_MS = 3_600_000

/** What the shipped rules say of what was found: one alert for each rule and workflow, a day's limit one a day. */
export const alertsOfRules = ({ failing, stuck, filling }: FoundByRules): RuleAlert[] => [
  ...failing.map(ofFailing),
  ...stuck.map(ofStuck),
  ...filling.map(ofFilling),
]

function ofFailing({ tenantId, workflow, failed, completed, hours }: FailingWorkflow): RuleAlert {
  const percent = Math.round((100 * failed) / (failed + completed))
  return {
    ...raisedBy('failure-rate', workflow),
    tenantId,
    level: 'warning',
    title: titleOf('Many jobs fail', workflow),
    detail: `Automation gave up ${failed} jobs in the last ${hours} to ${hours + 1} h, while ${completed} completed (${percent} % failed). GET /v1/failures says how and where.`,
    subject: 'workflow',
    subjectId: idOf(workflow),
    // By then none of these failures is looked at any more.
    quietMs: (hours + 1) * HOUR_MS,
  }
}

function ofStuck({ tenantId, workflow, jobs, oldestJobId, since }: StuckJobs): RuleAlert {
  return {
    ...raisedBy('stuck', workflow),
    tenantId,
    level: 'warning',
    title: titleOf('Jobs are stuck', workflow),
    detail: `At least ${jobs} should move and do not, the first of them since ${since}. GET /v1/views/stuck lists them; GET /v1/stages says which stage is paused or has no workers.`,
    subject: 'job',
    subjectId: oldestJobId,
    quietMs: HOUR_MS,
  }
}

function ofFilling({ tenantId, workflow, policy, bound, taken, day }: FillingDay): RuleAlert {
  const isFull = taken >= bound
  const about = raisedBy('day-limit', workflow)
  return {
    ...about,
    sameAs: `${about.sameAs} ${day}${isFull ? ' full' : ''}`,
    tenantId,
    level: isFull ? 'critical' : 'warning',
    title: titleOf(isFull ? 'The day is full' : 'The day is nearly full', workflow),
    detail: `${taken} of ${bound} jobs of ${day} were taken in${isFull ? '; more are refused until the day ends' : ''}. The limit is maxDailyTasks of the policy ${policy}.`,
    subject: 'workflow',
    subjectId: idOf(workflow),
    // Longer than any day: each of the two is raised once.
    quietMs: 48 * HOUR_MS,
  }
}

const raisedBy = (rule: string, workflow: string) => ({
  raisedBy: `rule:${rule}`,
  sameAs: `rule:${rule} ${workflow}`,
})

const titleOf = (what: string, workflow: string): string => `${what}: ${workflow}`.slice(0, 200)

/** A workflow has no id, and an alert is about one. */
const idOf = (workflow: string): string => derivedId('1970-01-01T00:00:00.000Z', `workflow ${workflow}`)
