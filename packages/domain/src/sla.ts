/** A promise of time for tasks, as an installation sets it. What is null fits all. */
export type SlaSettings = {
  taskType: string | null
  serviceArea: string | null
  workflow: string | null
  limitMs: number
  /** From this share of the time on a task is at risk. */
  atRiskShare: number
  /** The clock stands while the task is blocked. */
  pausesWhileBlocked: boolean
  /** What becomes of a task that is late: at least this priority, and this group's. */
  escalatePriority: number | null
  escalateGroup: string | null
  /** Tasks that are opened while it is not have no promise by it. */
  active: boolean
}

const HOUR_MS = 3_600_000

const promise = (taskType: string, hours: number): SlaSettings => ({
  taskType,
  serviceArea: null,
  workflow: null,
  limitMs: hours * HOUR_MS,
  atRiskShare: 0.8,
  pausesWhileBlocked: false,
  escalatePriority: 0.9,
  escalateGroup: null,
  active: true,
})

/** What every installation begins with. */
export const DEFAULT_SLAS: readonly SlaSettings[] = [
  promise('intake', 1),
  promise('assessment', 4),
  promise('review', 2),
]

export const SLA_STATES = ['running', 'paused', 'met', 'breached', 'cancelled'] as const
export type SlaState = (typeof SLA_STATES)[number]
