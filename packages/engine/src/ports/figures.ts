import type { ClassCount, Durations, HistoryEntry, JobState } from '@stageline/domain'

/**
 * What is told of many jobs at once, for one tenant. Every call reads a bounded number of rows by an index, however much
 * there is: the newest {@link MOST_JOBS} jobs of a time, {@link MOST_RECENT} jobs, {@link DAY_SAMPLE} a day, {@link MOST_TASKS} tasks,
 * or sums by the hour.
 */
export interface Figures {
  /** Of the jobs that were accepted in the last `ms`, or of the newest of them. */
  window(tenantId: string, ms: number): Promise<WindowFigures>
  /** How and where they failed, the most frequent first. */
  failures(tenantId: string, ms: number): Promise<FailureCount[]>
  /** What ended in hours from `from` to before `to`; a job counts about 2 s after its end. */
  hours(tenantId: string, from: Date, to: Date): Promise<HourCount[]>
  /** A day of the tenant's own time zone, `YYYY-MM-DD`; null: today. */
  day(tenantId: string, date: string | null): Promise<{ date: string; timeZone: string; from: string; to: string }>
  /** Of the last days of the tenant's own time zone, today included, those that took in jobs; the earliest first. */
  automation(tenantId: string, days: number): Promise<AutomationDay[]>
  /** Open tasks now, and what was done in the last days of the tenant's own time zone. */
  desk(tenantId: string, days: number): Promise<DeskFigures>
  /** Latest entries of the newest jobs, the latest first. */
  activity(tenantId: string, limit: number): Promise<Activity[]>
  /** Steps of open jobs that are not at rest, newest job first; with `stuckMs` of the oldest jobs that did not change for so long. */
  atWork(tenantId: string, limit: number, stuckMs?: number): Promise<StepAtWork[]>
}

/** Jobs that a window looks at, at most. */
export const MOST_JOBS = 5_000
/** Jobs whose latest entries are looked through. */
export const MOST_RECENT = 500
/** Jobs of one day that a series of days looks at. */
export const DAY_SAMPLE = 500
/** Tasks of one state that are looked at. */
export const MOST_TASKS = 5_000

export type WindowFigures = {
  /** Acceptance of the oldest job that was looked at, or the begin of the time that was asked for. */
  from: string
  to: string
  /** There were more jobs: `from` is later than what was asked for. */
  isShortened: boolean
  jobs: number
  completed: number
  /** Jobs that automation gave up. */
  gaveUp: number
  /** Jobs that were automation's, and have ended well or were given up; and how many of them ended well. */
  automated: number
  automatedWell: number
  /** Jobs that decisions sent to automation only, and those that some decision sent to a person. */
  toAutomation: number
  toPerson: number
  /** From acceptance to the end. */
  processing: Durations | null
  /** How long steps were in a state that they have left. */
  states: Record<string, Durations>
  /** How long steps were worked. */
  stages: Record<string, Durations>
  retries: { distribution: Record<string, number>; top: { jobId: string; retries: number }[] }
}

export type AutomationDay = {
  /** `YYYY-MM-DD` of the jobs' acceptance. */
  day: string
  jobs: number
  /** As many were looked at as may be; there may be more. */
  isSample: boolean
  toAutomation: number
  toPerson: number
  completed: number
  /** Completed, and no step ever waited for a person. */
  completedAlone: number
}

export type DeskFigures = {
  open: number
  ages: { medianMs: number; p90Ms: number; oldestMs: number } | null
  /** There may be more that was done. */
  isShortened: boolean
  done: { day: string; person: string; count: number }[]
}

export type FailureCount = {
  kind: string
  code: string
  stage: string | null
  failures: number
  jobs: number
  lastAt: string
  lastJobId: string
}

export type HourCount = ClassCount & { hour: string; workflow: string; state: 'completed' | 'cancelled' }

export type Activity = {
  jobId: string
  workflow: string
  entry: Omit<HistoryEntry, 'data' | 'failure'>
  code: string | null
}

export type StepAtWork = {
  jobId: string
  workflow: string
  jobState: JobState
  step: string
  state: string
  retries: number
  lockedBy: string | null
  lockAgeMs: number | null
  until: string | null
  reason: string | null
  lastError: string | null
  updatedAt: string
}
