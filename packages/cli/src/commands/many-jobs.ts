import type { Client, components } from '@stageline/client'
import type { Option } from 'commander'
import { ask } from '../ask.ts'
import { option, type Context } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { confirm } from '../confirm.ts'
import { withoutGaps } from '../without-gaps.ts'
import { bulkText, outcomeOfBulk, watchBulk } from './bulk.ts'
import { filterFrom, filterOptions, type FilterOptions } from './job-filter.ts'

type Kind = components['schemas']['BulkAction']['kind']
type Body = { filter: components['schemas']['JobFilter']; reason: string; dryRun: boolean }
type Count = components['schemas']['BulkCount']

export type ManyOptions = FilterOptions & { reason?: string; yes?: boolean; dryRun?: boolean; wait: boolean }

/** Besides those of a single job. */
export const manyOptions = (): Option[] => [
  ...filterOptions(),
  option('--dry-run', 'say how many jobs the filter fits, and change none'),
  option('--no-wait', 'do not stay until it is through'),
]

/**
 * For an action that is asked of jobs by a filter instead of an id: counts, asks, and stays until it is through.
 * @returns the exit code; undefined where a single job was named
 * @throws CommandError where neither or both were named
 */
export async function actOnMany(
  context: Context,
  kind: Kind,
  id: string,
  options: ManyOptions,
): Promise<number | undefined> {
  const filter = filterFrom(options)
  if ((filter === undefined) === (id === ''))
    throw new CommandError('Name one job by its id, or many by a filter', {
      mend: [`stageline jobs ${kind} --help shows by what jobs are chosen`],
    })
  if (!filter) {
    if (options.dryRun) throw new CommandError('--dry-run counts the jobs of a filter: leave the id out')
    return undefined
  }
  const { client, out } = context
  const { reason, dryRun = false, yes, wait } = options
  const counted = await countJobs(client, kind, { filter, reason: reason ?? 'counted', dryRun: true })
  if (dryRun) {
    out.show(counted, () => countText(kind, counted))
    return 0
  }
  await confirm(context, `${countText(kind, counted)}. Go on?`, withoutGaps({ yes }))
  const begun = await begin(client, kind, withoutGaps({ filter, reason }))
  const action = wait ? await watchBulk(context, begun.id) : begun
  out.show(action, () => bulkText(action, out))
  return wait ? outcomeOfBulk(action) : 0
}

async function countJobs({ http }: Client, kind: Kind, body: Body): Promise<Count> {
  const answer = await ask(http.POST(`/v1/jobs:${kind}`, { body }))
  return 'count' in answer ? answer : { count: answer.total, isExact: true, byState: {}, sample: [] }
}

async function begin({ http }: Client, kind: Kind, body: Omit<Body, 'dryRun' | 'reason'> & { reason?: string }) {
  // A suspension without a reason was refused when the jobs were counted.
  const answer = await ask(http.POST(`/v1/jobs:${kind}`, { body: body as Body }))
  if ('count' in answer) throw new CommandError('The line counted the jobs instead of changing them')
  return answer
}

function countText(kind: Kind, { count, isExact, byState }: Count): string {
  const states = Object.entries(byState).map(([state, jobs]) => `${jobs} ${state}`)
  const jobs = `${isExact ? '' : 'at least '}${count} ${count === 1 ? 'job' : 'jobs'}`
  return `To ${kind}: ${jobs}${states.length > 0 ? ` (${states.join(', ')})` : ''}`
}
