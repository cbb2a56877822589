import type { Job, JobState, StepState } from '@stageline/domain'
import type { PromisedScope } from './promised-scopes.ts'

/** What the clock of a job or of a step goes by. Where a step has failed for good a person is needed, as where it is suspended. */
export type ClockPhase = 'running' | 'waiting' | 'suspended' | 'completed' | 'cancelled'

/** `step` and `stage` are null for the whole job. */
export type ClockChange = { step: string | null; stage: string | null; phase: ClockPhase; begins: boolean }

/**
 * What a commit changes for the clocks of a job, from the job before (null: a new one) and after it: nothing, where nothing
 * is promised. A step is in its stage from its first queueing until it is final; both may be of one commit, where it was worked
 * in one go with the step before it.
 */
export function clockChanges(
  before: Job | null,
  after: Job,
  stageOf: ReadonlyMap<string, string>,
  scopes: readonly PromisedScope[],
): ClockChange[] {
  const here = scopes.filter(({ workflow }) => workflow === null || workflow === after.workflow)
  const [ofJob, ofStages] = [here.some(isOf('job')), here.filter(isOf('stage'))]
  const changes: ClockChange[] = []
  const note = (of: Pick<ClockChange, 'step' | 'stage'>, was: ClockPhase | null, is: ClockPhase | null) => {
    if (is === null || was === is) return
    changes.push({ ...of, phase: is, begins: was === null })
  }
  const isOverAtOnce = before === null && isOver(PHASES[after.state])
  if (ofJob && !isOverAtOnce) note({ step: null, stage: null }, before && PHASES[before.state], PHASES[after.state])
  for (const [key, step] of ofStages.length === 0 ? [] : Object.entries(after.steps)) {
    const stage = stageOf.get(key) ?? key
    if (!ofStages.some((scope) => scope.stage === null || scope.stage === stage)) continue
    const [was, is] = [phaseOf(before?.steps[key]?.state), phaseOf(step.state)]
    const wasWorkedMeanwhile = before !== null && step.state === 'completed'
    if (was === null && is !== null && isOver(is) && !wasWorkedMeanwhile) continue
    note({ step: key, stage }, was, is)
  }
  return changes
}

const isOf =
  (subject: PromisedScope['subject']) =>
  (scope: PromisedScope): boolean =>
    scope.subject === subject

const isOver = (phase: ClockPhase): boolean => phase === 'completed' || phase === 'cancelled'

const phaseOf = (state: StepState | undefined): ClockPhase | null =>
  state === undefined || state === 'pending' ? null : PHASES[state]

const PHASES: Readonly<Record<JobState | Exclude<StepState, 'pending'>, ClockPhase>> = {
  created: 'running',
  queued: 'running',
  processing: 'running',
  retrying: 'running',
  waiting: 'waiting',
  failed: 'suspended',
  suspended: 'suspended',
  completed: 'completed',
  skipped: 'completed',
  cancelled: 'cancelled',
}
