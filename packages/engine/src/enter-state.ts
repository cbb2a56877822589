import type { Step, StepState } from '@stageline/domain'
import { isFinalStep } from '@stageline/domain'

/** What a step keeps when it enters a state: nothing of why and until when it was in the last one. */
export function enterState(
  { message: _message, until: _until, reason: _reason, suspend: _suspend, worker: _worker, ...step }: Step,
  state: StepState,
): Step {
  if (isFinalStep(state)) return ended(step, state)
  if (state !== 'queued') return { ...step, state }
  const { output: _output, ...again } = step
  return { ...again, state, fence: step.fence + 1 }
}

function ended({ checkpoint: _checkpoint, ...step }: Step, state: StepState): Step {
  return { ...step, state }
}
