/** What a time is promised for: a task, the way of a job through a stage, or a whole job. */
export const SLA_SUBJECTS = ['task', 'stage', 'job'] as const
export type SlaSubject = (typeof SLA_SUBJECTS)[number]

/** A promise of time, as an installation sets it. What is null fits all. */
export type SlaSettings = {
  subject: SlaSubject
  /** Of tasks only. */
  taskType: string | null
  serviceArea: string | null
  workflow: string | null
  /** Of stages only. */
  stage: string | null
  limitMs: number
  /** From this share of the time on it is at risk. */
  atRiskShare: number
  /** The clock stands while the task is blocked. */
  pausesWhileBlocked: boolean
  /** The clock of a job or stage stands while it waits for something outside, and while it is a person's turn. */
  pausesWhileWaiting: boolean
  pausesWhileSuspended: boolean
  /** What becomes of that which is late: at least this priority, and, of a task, this group's. */
  escalatePriority: number | null
  escalateGroup: string | null
  /** What begins while it is not has no promise by it. */
  active: boolean
}

const HOUR_MS = 3_600_000

const promise = (taskType: string, hours: number): SlaSettings => ({
  subject: 'task',
  taskType,
  serviceArea: null,
  workflow: null,
  stage: null,
  limitMs: hours * HOUR_MS,
  atRiskShare: 0.8,
  pausesWhileBlocked: false,
  pausesWhileWaiting: false,
  pausesWhileSuspended: false,
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

/** Members that say nothing about what is promised for: they must be as they are without being said. */
export function misplacedIn(settings: SlaSettings): (keyof SlaSettings)[] {
  const ofTasks = ['taskType', 'serviceArea', 'pausesWhileBlocked', 'escalateGroup'] as const
  const ofJobs = ['pausesWhileWaiting', 'pausesWhileSuspended'] as const
  const others = { task: ['stage', ...ofJobs], stage: ofTasks, job: ['stage', ...ofTasks] } as const
  return others[settings.subject].filter((name) => settings[name] !== null && settings[name] !== false)
}

export const SLA_STATES = ['running', 'paused', 'met', 'breached', 'cancelled'] as const
export type SlaState = (typeof SLA_STATES)[number]
