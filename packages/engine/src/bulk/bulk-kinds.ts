import type { JobState } from '@stageline/domain'
import type { ByPerson, Happening } from '../happening.ts'
import type { BulkKind, TakenBulkAction } from '../ports/index.ts'

type Meaning = {
  /** In which states a job can be meant. What has ended is never changed. */
  states: readonly JobState[]
  happening: (by: ByPerson) => Extract<Happening, { kind: 'cancelled' | 'retried' | 'suspended' }>
}

const MEANINGS: Record<BulkKind, Meaning> = {
  cancel: {
    states: ['created', 'queued', 'processing', 'waiting', 'retrying', 'failed', 'suspended'],
    happening: (by) => ({ kind: 'cancelled', ...by }),
  },
  retry: { states: ['retrying', 'failed', 'suspended'], happening: (by) => ({ kind: 'retried', ...by }) },
  resume: { states: ['suspended'], happening: (by) => ({ kind: 'retried', ...by }) },
  suspend: {
    states: ['queued', 'processing', 'waiting', 'retrying', 'failed'],
    happening: (by) => ({ kind: 'suspended', ...by }),
  },
}

export const statesOfBulk = (kind: BulkKind): readonly JobState[] => MEANINGS[kind].states

/** What happens to each job of a bulk action: the same as if somebody had asked it of that job alone. */
export const happeningOfBulk = ({ kind, id, filter, actor, reason }: TakenBulkAction): Happening =>
  MEANINGS[kind].happening({ actor, reason, bulk: { id, states: filter.state } })
