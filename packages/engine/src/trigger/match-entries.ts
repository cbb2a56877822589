import { compileTrigger, toFailure, type Fits, type TriggerDefinition, type TriggerEntry } from '@stageline/domain'
import type { LiveTrigger, NewTriggerRun, ReadEntry } from '../ports/index.ts'
import { derivedId } from './derived-id.ts'

/** So many triggers may set each other off in a row. */
export const MOST_TRIGGERS_IN_A_ROW = 5

type Evaluation = { key: string; outcome: 'matched' | 'not_matched' | 'failed' | 'refused' }

/**
 * What of these entries fits which trigger, each of its own tenant. A predicate that fails is a run that failed: it is
 * said in the log of that trigger and holds up nothing else. `tell` hears of each evaluation.
 */
export function matchEntries(
  entries: readonly ReadEntry[],
  triggers: readonly LiveTrigger[],
  tell: (evaluation: Evaluation) => void = () => undefined,
): NewTriggerRun[] {
  const byTenant = Map.groupBy(triggers.map(ready), ({ trigger }) => trigger.tenantId)
  return entries.flatMap((read) =>
    (byTenant.get(read.tenantId) ?? []).flatMap((one) => {
      if (new Date(read.entry.at) < new Date(one.trigger.since)) return []
      const run = evaluate(read, one)
      if (isNamed(one.trigger.definition, read.entry))
        tell({ key: one.trigger.definition.key, outcome: outcomeOf(run) })
      return run ? [run] : []
    }),
  )
}

const isNamed = ({ on }: TriggerDefinition, { subject, event }: TriggerEntry): boolean =>
  on.includes(`${subject}.${event}`) || on.includes(`${subject}.*`)

const outcomeOf = (run: NewTriggerRun | undefined): Evaluation['outcome'] =>
  run === undefined ? 'not_matched' : run.state === 'waiting' ? 'matched' : run.state

type Ready = { trigger: LiveTrigger; fits: Fits }

const ready = (trigger: LiveTrigger): Ready => ({ trigger, fits: compileTrigger(trigger.definition) })

function evaluate({ tenantId, depth, entry }: ReadEntry, { trigger, fits }: Ready): NewTriggerRun | undefined {
  const { version, definition } = trigger
  const { key, actions } = definition
  const id = derivedId(entry.at, `${tenantId} ${key} ${entry.subjectId} ${entry.seq}`)
  const about = { tenantId, key, id, version, entry, actions, depth }
  try {
    if (!fits(entry)) return undefined
  } catch (error) {
    return { ...about, state: 'failed', error: { code: 'trigger.predicate', message: toFailure(error).message } }
  }
  if (depth < MOST_TRIGGERS_IN_A_ROW) return { ...about, state: 'waiting', error: null }
  const message = `${depth} triggers have set each other off; this one does nothing more`
  return { ...about, state: 'refused', error: { code: 'trigger.loop', message } }
}
