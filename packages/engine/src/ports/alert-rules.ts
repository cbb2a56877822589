import type { NewAlert } from './triggers.ts'

/** From where on the rules find something; null: the rule is out of use. */
export type AlertLimits = {
  failing: FailureLimit | null
  stuckMs: number | null
  /** Of what a day has room for. */
  dayShare: number | null
}
export type FailureLimit = {
  share: number
  /** Fewer failures say nothing. */
  atLeast: number
  /** Whole hours that are looked at, beside the one that has begun. */
  hours: number
}

type OfWorkflow = { tenantId: string; workflow: string }
/** A workflow of whose jobs automation gives many up. */
export type FailingWorkflow = OfWorkflow & { failed: number; completed: number; hours: number }
/** Jobs of a workflow that should move and do not. */
export type StuckJobs = OfWorkflow & { jobs: number; oldestJobId: string; since: string }
/** A workflow that has taken in about as many jobs as its policy allows on this day of its tenant. */
export type FillingDay = OfWorkflow & { policy: string; bound: number; taken: number; day: string }

export type FoundByRules = { failing: FailingWorkflow[]; stuck: StuckJobs[]; filling: FillingDay[] }

export type RuleAlert = Omit<NewAlert, 'id'> & {
  tenantId: string
  subject: string
  subjectId: string
  /** For so long an equal one is not raised again: neither counted, nor made anew when somebody has acknowledged it. */
  quietMs: number
}

/** What the installation watches of itself, for orchestrators. */
export interface AlertRules {
  /**
   * Looks for what the rules are about, over all tenants and by a bounded number of rows, and raises what `judge` makes of
   * it. While another does so, nothing is done. Returns how many were raised.
   */
  watch(limits: AlertLimits, judge: (found: FoundByRules) => RuleAlert[]): Promise<number>
}
