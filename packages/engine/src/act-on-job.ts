import type { StepState } from '@stageline/domain'
import { isFinalStep } from '@stageline/domain'
import { bulkNote } from './bulk/moved-on.ts'
import { takeValues } from './end-step.ts'
import { cancelAll, closeTasks } from './give-verdict.ts'
import type { Happening, NoAdvance } from './happening.ts'
import type { JobDraft } from './job-draft.ts'
import { refuse } from './refuse.ts'
import { suspend } from './suspend.ts'

type Action = Extract<Happening, { kind: 'cancelled' | 'suspended' | 'retried' | 'advanced' }>

/** What a person may ask of an open job. */
export function actOnJob(draft: JobDraft, action: Action): NoAdvance | undefined {
  switch (action.kind) {
    case 'cancelled':
      closeTasks(draft)
      return cancelAll(draft, action, 'cancelled')
    case 'suspended':
      return suspendJob(draft, action)
    case 'retried':
      return retryJob(draft, action)
    case 'advanced':
      return advanceByHand(draft, action)
    default:
      throw new TypeError(action satisfies never)
  }
}

/** Steps that wait their turn go to a person now; one that is being worked ends first and is recorded. */
function suspendJob(draft: JobDraft, action: Extract<Action, { kind: 'suspended' }>): NoAdvance | undefined {
  const { actor, reason, bulk } = action
  const open = draft.stepKeys.filter((key) =>
    ['queued', 'waiting', 'retrying', 'failed'].includes(draft.step(key).state),
  )
  const running = draft.stepKeys.filter((key) => draft.step(key).state === 'processing')
  if (open.length + running.length === 0) {
    return refuse('job.nothing_to_suspend', 'No step of the job is queued, running, waiting or retrying')
  }
  const why = { actor, reason: reason ?? 'suspended' }
  for (const key of running) draft.patch(key, { suspend: why })
  for (const key of open) suspend(draft, key, [], { cause: 'suspended', ...why })
  if (open.length === 0 || bulk) {
    draft.noteJob('suspended', { actor, reason, data: { after: running, ...bulkNote(action).data } })
  }
  return undefined
}

/** Suspended and failed steps run again with a new budget; a retry that was waiting for its time comes now. */
function retryJob(draft: JobDraft, action: Extract<Action, { kind: 'retried' }>): NoAdvance | undefined {
  const { actor, reason } = action
  const again = draft.stepKeys.filter((key) => ['suspended', 'failed', 'retrying'].includes(draft.step(key).state))
  if (again.length === 0) {
    return refuse('job.nothing_to_retry', 'No step of the job is suspended, failed or waiting for a retry')
  }
  for (const key of again) {
    const { state } = draft.step(key)
    if (state === 'suspended') draft.closeTask({ step: key, state: 'completed', verdict: 'retry' })
    draft.note(key, { event: 'retried', actor, reason, ...bulkNote(action) })
    draft.queueAnew(key, state === 'failed' ? ['retrying'] : [])
  }
  return undefined
}

/** Edges to `completed` that a person may take for a step; what waits its turn is suspended on the way. */
const BY_HAND: Partial<Record<StepState, readonly StepState[]>> = {
  queued: ['suspended', 'completed'],
  retrying: ['suspended', 'completed'],
  processing: ['completed'],
  waiting: ['completed'],
  suspended: ['completed'],
}

function advanceByHand(draft: JobDraft, action: Extract<Action, { kind: 'advanced' }>): NoAdvance | undefined {
  const { actor, reason, output } = action
  const key =
    action.step ??
    draft.stepKeys.find((one) => {
      const { state } = draft.step(one)
      return state !== 'pending' && !isFinalStep(state)
    })
  const path = key === undefined || !draft.workflow.steps.has(key) ? undefined : BY_HAND[draft.step(key).state]
  if (key === undefined || !path) {
    return refuse('job.nothing_to_advance', `Step "${key ?? 'none'}" is not under way; name one that is`)
  }
  const tooLarge = takeValues(draft, key, output)
  if (tooLarge) return { refused: tooLarge }
  if (draft.step(key).state === 'suspended') draft.closeTask({ step: key, state: 'completed', verdict: 'accept' })
  draft.go(key, path)
  draft.patch(key, { output: draft.note(key, { event: 'advanced', actor, reason, data: output }) })
  return undefined
}
