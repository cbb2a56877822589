import { isFinalStep, toFailure } from '@stageline/domain'
import type { JobDraft } from './job-draft.ts'
import { suspend } from './suspend.ts'

/**
 * Carries on what the last move made possible: a step whose parents are all final is queued, or skipped because its
 * condition is false or its parent was skipped, or held for a person where the definition asks for a look before it.
 * Repeats until nothing moves, so a chain of skipped steps ends in one commit.
 */
export function settle(draft: JobDraft): void {
  if (awaitsIntake(draft)) return
  let moved = true
  while (moved) {
    moved = false
    for (const key of draft.stepKeys) {
      if (draft.step(key).state !== 'pending' || !parentsAreFinal(draft, key)) continue
      begin(draft, key)
      moved = true
    }
  }
}

/** A job that was routed to a person rests as a whole until the verdict. */
export const INTAKE = 'intake'
export const TAKEN_OVER = 'taken_over'
const awaitsIntake = (draft: JobDraft): boolean =>
  draft.stepKeys.some((key) => draft.step(key).state === 'suspended' && draft.step(key).reason === INTAKE)

const parentsAreFinal = (draft: JobDraft, key: string): boolean =>
  draft.compiled(key).definition.dependsOn.every((parent) => isFinalStep(draft.step(parent).state))

function begin(draft: JobDraft, key: string): void {
  const { definition } = draft.compiled(key)
  if (definition.skipWithParent && definition.dependsOn.some((parent) => wasSkipped(draft, parent)))
    return skip(draft, key, 'parent_skipped')
  const condition = conditionOf(draft, key)
  if (condition instanceof Error) return suspendForCondition(draft, key, condition)
  if (!condition) return skip(draft, key, 'condition_false')
  const { held } = draft
  if (held) return suspend(draft, key, [], { cause: 'suspended', actor: held.actor, reason: held.reason })
  if (definition.review === 'before') {
    return suspend(draft, key, [], { cause: 'review_before', actor: 'workflow', reason: 'review_before' })
  }
  draft.queueAttempt(key)
}

/** A step that an earlier job has done stands as skipped, yet its output is there. */
const wasSkipped = (draft: JobDraft, key: string): boolean =>
  draft.step(key).state === 'skipped' && draft.step(key).reason !== TAKEN_OVER

function conditionOf(draft: JobDraft, key: string): boolean | Error {
  try {
    return draft.compiled(key).when?.holds(draft.values) ?? true
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function suspendForCondition(draft: JobDraft, key: string, error: Error): void {
  const failure = { ...toFailure(error), kind: 'data' as const, code: 'workflow.condition_failed' }
  suspend(draft, key, [], { cause: 'invalid_condition', actor: 'workflow', reason: failure.message, failure })
}

function skip(draft: JobDraft, key: string, reason: string): void {
  draft.go(key, ['skipped'], { reason })
  draft.note(key, { actor: 'workflow', reason })
}
