import { isFinalStep } from '@stageline/domain'
import { bulkNote } from './bulk/moved-on.ts'
import { takeValues } from './end-step.ts'
import type { ByPerson, Happening, NoAdvance } from './happening.ts'
import type { JobDraft } from './job-draft.ts'
import { refuse } from './refuse.ts'
import { INTAKE } from './settle.ts'

type VerdictGiven = Extract<Happening, { kind: 'verdict' }>

/** A person has decided about a suspended step: the task closes and the job goes on, or ends, as they said. */
export function giveVerdict(draft: JobDraft, given: VerdictGiven): NoAdvance | undefined {
  const { step, verdict } = given
  const at = draft.step(step)
  if (at.state !== 'suspended') {
    return refuse('task.step_moved_on', `Step "${step}" is ${at.state}; a verdict needs a suspended step`)
  }
  if (given.fence !== undefined && given.fence !== at.fence) {
    return refuse('task.step_moved_on', `Step "${step}" has run again since the task was read`)
  }
  const intake = at.reason === INTAKE
  if (verdict === 'accept' && given.output === undefined && at.output === undefined) {
    return refuse('task.output_required', `Step "${step}" has no output yet: give one to accept`)
  }
  const { reason, corrections = [] } = given
  draft.closeTask({ step, state: 'completed', verdict, reason, corrections })
  switch (verdict) {
    case 'retry':
      return runAgain(draft, given)
    case 'accept':
      return intake ? finishByHand(draft, given) : accept(draft, given)
    case 'skip':
      return intake ? finishByHand(draft, given) : skip(draft, given)
    case 'discard':
      closeTasks(draft, step)
      return cancelAll(draft, given, 'verdict')
    default:
      return verdict satisfies never
  }
}

function runAgain(draft: JobDraft, { step, input, actor, reason }: VerdictGiven): undefined {
  draft.note(step, { event: 'verdict', actor, reason, data: { verdict: 'retry', edited: input !== undefined } })
  if (input !== undefined) draft.keepInput(step, input)
  draft.queueAnew(step)
}

function accept(draft: JobDraft, { step, output, actor, reason }: VerdictGiven): NoAdvance | undefined {
  const tooLarge = output === undefined ? undefined : takeValues(draft, step, output)
  if (tooLarge) return { refused: tooLarge }
  draft.go(step, ['completed'])
  const seq = draft.note(step, { event: 'verdict', actor, reason, ...(output === undefined ? {} : { data: output }) })
  if (output !== undefined) draft.patch(step, { output: seq })
  return undefined
}

function skip(draft: JobDraft, { step, actor, reason }: VerdictGiven): undefined {
  draft.go(step, ['skipped'], { reason: 'skipped_by_person' })
  const { output: _output, ...rest } = draft.step(step)
  draft.dropValues(step)
  draft.replace(step, rest)
  draft.note(step, { event: 'verdict', actor, reason })
}

/** The person did the whole of it: no stage runs, and what they gave is the job's result. */
function finishByHand(draft: JobDraft, { step, verdict, output, actor, reason }: VerdictGiven): undefined {
  draft.go(step, ['skipped'], { reason: 'done_by_person' })
  const data = verdict === 'accept' ? output : undefined
  const seq = draft.note(step, { event: 'verdict', actor, reason, ...(data === undefined ? {} : { data }) })
  for (const key of draft.stepKeys) {
    if (draft.step(key).state !== 'pending') continue
    draft.go(key, ['skipped'], { reason: 'done_by_person' })
    draft.note(key, { actor, reason: 'done_by_person' })
  }
  if (data !== undefined) draft.setResult(seq)
}

/** Nobody works on the other tasks of a job that has ended. */
export function closeTasks(draft: JobDraft, except?: string): void {
  for (const key of draft.stepKeys) {
    if (key !== except && draft.step(key).state === 'suspended')
      draft.closeTask({ step: key, state: 'cancelled', verdict: null })
  }
}

/** Ends every open step; the job is cancelled in this commit, whatever was running. */
export function cancelAll(draft: JobDraft, by: ByPerson, event: 'verdict' | 'cancelled'): undefined {
  const { actor, reason } = by
  draft.noteJob(event, { actor, reason, ...bulkNote(by) })
  for (const key of draft.stepKeys) {
    const { state } = draft.step(key)
    if (isFinalStep(state)) continue
    draft.go(key, ['cancelled'])
    draft.note(key, { actor, reason, event: 'step' })
  }
}
