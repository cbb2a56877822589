import type { Job } from '@stageline/domain'
import type { ByPerson, Happening, NoAdvance } from '../happening.ts'
import { refuse } from '../refuse.ts'

/** Whoever acts on many jobs chose them by their state: one that has another by now is left alone. */
export function movedOn(job: Job, happening: Happening): NoAdvance | undefined {
  const bulk = 'bulk' in happening ? happening.bulk : undefined
  if (!bulk || bulk.states.includes(job.state)) return undefined
  return refuse('job.moved_on', `The job is ${job.state} by now; meant are jobs that are ${bulk.states.join(', ')}`)
}

/** Leads from an entry of the history to the bulk action that it is part of. */
export const bulkNote = ({ bulk }: Pick<ByPerson, 'bulk'>): { data?: { bulkAction: string } } =>
  bulk ? { data: { bulkAction: bulk.id } } : {}
