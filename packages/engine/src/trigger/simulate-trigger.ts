import { compileTrigger, toFailure, type TriggerDefinition, type TriggerEntry } from '@stageline/domain'
import type { TriggerFailure } from '../ports/index.ts'

type Rehearsed = { entry: TriggerEntry; error: TriggerFailure | null }

/** Which of these entries the trigger would have fired on, or failed at. */
export function simulateTrigger(definition: TriggerDefinition, entries: readonly TriggerEntry[]): Rehearsed[] {
  const fits = compileTrigger(definition)
  return entries.flatMap((entry): Rehearsed[] => {
    try {
      return fits(entry) ? [{ entry, error: null }] : []
    } catch (error) {
      return [{ entry, error: { code: 'trigger.predicate', message: toFailure(error).message } }]
    }
  })
}
