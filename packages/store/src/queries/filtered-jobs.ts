import { HIGH_PRIORITY, isFinalJob, JOB_STATES, LOW_PRIORITY, type JobState } from '@stageline/domain'
import type { JobFilter } from '@stageline/engine/ports'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { firstIdOf } from '../first-id-of.ts'
import { lists } from '../list-builder.ts'

/** The jobs that fit, as far as their rows tell; {@link lastErrorIs} looks into their history. */
export function filteredJobs(tenantId: string, filter: JobFilter, among: Pick<typeof lists, 'selectFrom'> = lists) {
  let list = among.selectFrom('jobs').where('tenant_id', '=', tenantId)
  const states = statesOf(filter)
  if (states) list = list.where('state', 'in', states)
  // As the index of workflows has it.
  if (states?.every(isFinalJob)) list = list.where('finished_at', 'is not', null)
  if (filter.stage !== undefined) list = list.where('stage', '=', filter.stage)
  if (filter.workflow !== undefined) list = list.where('workflow', '=', filter.workflow)
  if (filter.batchId !== undefined) list = list.where('batch_id', '=', filter.batchId)
  if (filter.businessKey !== undefined) list = list.where('business_key', '=', filter.businessKey)
  for (const tag of tagsOf(filter)) list = list.where(sql<SqlBool>`tags <> '{}' AND tags @> ARRAY[${tag}]::text[]`)
  if (filter.priority === 'high') list = list.where('priority', '>=', HIGH_PRIORITY)
  if (filter.priority === 'medium')
    list = list.where('priority', '>=', LOW_PRIORITY).where('priority', '<', HIGH_PRIORITY)
  if (filter.priority === 'low') list = list.where('priority', '<', LOW_PRIORITY)
  if (filter.createdAfter) list = list.where('id', '>=', firstIdOf(filter.createdAfter))
  if (filter.createdBefore) list = list.where('id', '<', firstIdOf(filter.createdBefore))
  if (filter.ids !== undefined) list = list.where('id', '=', sql<string>`ANY(${[...filter.ids]}::uuid[])`)
  return list
}

/** A look into the history of each row: for few rows, or so many that somebody has bounded them. */
export const lastErrorIs = (tenantId: string, rows: 'jobs' | 'candidate', code: string): RawBuilder<SqlBool> =>
  sql<SqlBool>`(SELECT h.failure ->> 'code' FROM history h
    WHERE h.tenant_id = ${tenantId} AND h.job_id = ${sql.ref(`${rows}.id`)} AND h.failure IS NOT NULL
    ORDER BY h.seq DESC LIMIT 1) = ${code}`

export const OPEN_STATES: readonly JobState[] = JOB_STATES.filter((state) => !isFinalJob(state))

/** Only open jobs are at a stage: that keeps a look at every finished one away. */
export function statesOf({ state, stage }: JobFilter): readonly JobState[] | undefined {
  if (stage === undefined) return state?.length ? state : undefined
  return state?.length ? state.filter((one) => OPEN_STATES.includes(one)) : OPEN_STATES
}

/** Jobs of a source carry its name among their tags. */
export const tagsOf = ({ tag, source }: JobFilter): string[] => [
  ...(tag === undefined ? [] : [tag]),
  ...(source === undefined ? [] : [`source:${source}`]),
]
