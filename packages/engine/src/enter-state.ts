import type { Step, StepState } from '@stageline/domain'
import { isFinalStep } from '@stageline/domain'

/**
 * What a step keeps when it enters a state, as a step of its own: nothing of why and until when it was in the last one, nor of
 * what it entered before. Field by field, since every step of every job does so several times: leaving fields out by destructuring takes five times as long.
 */
export function enterState(
  { attempt, fence, deliveries, crashes, output, input, checkpoint }: Step,
  state: StepState,
): Step {
  const isAgain = state === 'queued'
  const step: Step = { state, attempt, fence: isAgain ? fence + 1 : fence, deliveries }
  if (crashes) step.crashes = crashes
  if (output !== undefined && !isAgain) step.output = output
  if (input !== undefined) step.input = input
  if (checkpoint !== undefined && !isFinalStep(state)) step.checkpoint = checkpoint
  return step
}
