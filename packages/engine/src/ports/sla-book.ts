import type { SlaSettings, SlaState, SlaSubject } from '@stageline/domain'
import type { Page, PageRequest } from './record.ts'

/** Promises of time and how they were kept. Every call is for one tenant and sees no other's rows. */
export interface SlaBook {
  configs(tenantId: string): Promise<SlaConfigView[]>
  config(tenantId: string, id: string): Promise<SlaConfigView | undefined>
  /** `exists`: another one is for the same. */
  addConfig(tenantId: string, config: { id: string; settings: SlaSettings; actor: string }): Promise<SavedSla>
  /** `changed`: it has another version by now. Clocks that run keep what they began with. */
  changeConfig(
    tenantId: string,
    config: { id: string; settings: SlaSettings; actor: string; ifVersion: number },
  ): Promise<SavedSla | 'changed'>
  /** Newest first: by the id of the task, or of the clock of a job or stage. */
  records(tenantId: string, filter: SlaFilter, page: PageRequest): Promise<Page<SlaRecordView>>
  /** What stands now, and week by week what was kept and what was not, newest first. */
  figures(tenantId: string, weeks: number): Promise<SlaFigures>
}

export type SavedSla = SlaConfigView | 'exists'
export type SlaConfigView = SlaSettings & {
  id: string
  version: number
  changedBy: string
  createdAt: string
  changedAt: string
}

/** `at_risk`: it runs, and little of its time is left. */
export type SlaFilter = {
  state?: SlaState | 'at_risk'
  subject?: SlaSubject
  taskType?: string
  serviceArea?: string
  workflow?: string
  stage?: string
}

export type SlaRecordView = {
  id: string
  subject: SlaSubject
  taskId: string | null
  jobId: string | null
  step: string | null
  stage: string | null
  configId: string
  taskType: string | null
  serviceArea: string | null
  workflow: string | null
  state: SlaState
  isAtRisk: boolean
  limitMs: number
  startedAt: string
  deadline: string
  pausedAt: string | null
  pausedMs: number
  stoppedAt: string | null
  breachedAt: string | null
}

export type SlaFigures = {
  now: { running: number; atRisk: number; paused: number }
  /** `workflow` and `stage` are of jobs and stages. */
  weeks: {
    week: string
    subject: SlaSubject
    taskType: string | null
    serviceArea: string | null
    workflow: string | null
    stage: string | null
    met: number
    breached: number
  }[]
}
