import type { SlaSettings, SlaState } from '@stageline/domain'
import type { Page, PageRequest } from './record.ts'

/** Promises of time and how they were kept. Every call is for one tenant and sees no other's rows. */
export interface SlaBook {
  configs(tenantId: string): Promise<SlaConfigView[]>
  config(tenantId: string, id: string): Promise<SlaConfigView | undefined>
  /** `exists`: another one is for the same tasks. */
  addConfig(tenantId: string, config: { id: string; settings: SlaSettings; actor: string }): Promise<SavedSla>
  /** `changed`: it has another version by now. Clocks that run keep what they began with. */
  changeConfig(
    tenantId: string,
    config: { id: string; settings: SlaSettings; actor: string; ifVersion: number },
  ): Promise<SavedSla | 'changed'>
  /** Newest task first. */
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
export type SlaFilter = { state?: SlaState | 'at_risk'; taskType?: string; serviceArea?: string }

export type SlaRecordView = {
  id: string
  configId: string
  taskType: string
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
  weeks: { week: string; taskType: string; serviceArea: string | null; met: number; breached: number }[]
}
