import type { JobState, Step, StepState } from '@stageline/domain'
import { isFinalStep } from '@stageline/domain'

/** A job's state from its steps (in the order of the definition). */
export function projectState(before: JobState, steps: readonly Step[]): JobState {
  const any = (...states: StepState[]) => steps.some(({ state }) => states.includes(state))
  if (steps.every(({ state }) => isFinalStep(state))) return any('cancelled') ? 'cancelled' : 'completed'
  const begun = steps.some(({ state, fence }) => fence > 1 || !['pending', 'queued', 'skipped'].includes(state))
  if (!begun) return any('queued') ? 'queued' : before
  if (any('processing', 'queued')) return 'processing'
  if (any('retrying')) return 'retrying'
  if (any('waiting')) return 'waiting'
  if (any('suspended')) return 'suspended'
  if (any('failed')) return 'failed'
  return 'processing'
}
