import type { DeskRefusal, Edited, TaskView } from '@stageline/engine/ports'
import { Problem, unknownResource } from '../../http/problems.ts'
import { taskHeld } from './task-answer.ts'

/** What was changed. @throws Problem that says why nothing was */
export function changed<View>(edited: Edited<View>): View {
  if (edited.kind === 'unknown') throw unknownResource()
  if (edited.kind === 'refused') throw problemOf(edited.refusal)
  return edited.view
}

/** As {@link changed}, and who is in the way. */
export function changedTask(edited: Edited<TaskView>): TaskView {
  if (edited.kind === 'refused' && edited.refusal.code === 'held') throw taskHeld(edited.view)
  return changed(edited)
}

function problemOf(refusal: DeskRefusal): Problem {
  switch (refusal.code) {
    case 'held':
      return taskHeld()
    case 'closed':
      return new Problem('task.closed', 'Nothing about it can be changed any more.')
    case 'needs_verdict':
      return new Problem('task.needs_verdict', 'Its job goes on by the verdict, or ends.')
    case 'needs_reason':
      return invalid('/reason', 'Say what it waits for.')
    case 'time_is_past':
      return invalid('/until', 'This time is past.')
    case 'open_tasks':
      return new Problem('plan.open_tasks', 'They would be left behind.')
    case 'invalid_transition': {
      const { what, from, to, allowed } = refusal
      return new Problem('invalid_transition', `A ${what} cannot go from ${from} to ${to}.`, {
        more: { from, to, allowed },
      })
    }
    default:
      return refusal satisfies never
  }
}

const invalid = (pointer: string, detail: string): Problem =>
  new Problem('request.invalid', detail, { errors: [{ pointer, detail }] })
