import type { TriggerStream } from '@stageline/engine/ports'
import type { Database } from './database.ts'
import { perTurn } from './per-turn.ts'
import { IS_FREE } from './queries/lease-statements.ts'
import { anyEntryAfter } from './queries/trigger-entries.ts'

/** Whoever reads the histories keeps how far it is in a table of its own. */
export type Cursors = 'trigger_cursors' | 'webhook_cursors'

const NOW = '(SELECT stageline_now())'
const isAny = (rows: string): string => `EXISTS (SELECT FROM ${rows})`
/** A cursor that is not moved as long as there is nothing has nothing behind it that it could find later. */
const isNews = (cursors: Cursors, stream: TriggerStream): string =>
  `(SELECT c.epoch <> e.epoch OR ${anyEntryAfter(stream)} FROM ${cursors} c, record_epoch e WHERE c.stream = '${stream}')`

const CONDITIONS = {
  seals: isAny('unsealed'),
  timers: isAny(`jobs WHERE due_at <= ${NOW}`),
  messages: isAny(`messages WHERE check_at <= ${NOW}`),
  promises: `${isAny(`sla_records WHERE state = 'running' AND deadline <= ${NOW}`)}
    OR ${isAny(`job_sla_records WHERE state = 'running' AND deadline <= ${NOW}`)}`,
  heldSteps: isAny('stages WHERE release_waiting'),
  pauses: isAny(`stages WHERE paused_until <= ${NOW} OR (paused_until IS NOT NULL AND NOT paused)`),
  triggerRuns: isAny(`trigger_runs WHERE state = 'waiting' AND try_at <= ${NOW}`),
  deliveries: isAny(
    `webhooks w WHERE ${isAny(`deliveries d WHERE d.tenant_id = w.tenant_id AND d.webhook_id = w.id
    AND d.state = 'waiting' AND d.try_at <= ${NOW} AND (w.enabled OR d.cause = 'test')`)}`,
  ),
  bulkActions: isAny(`bulk_actions WHERE ${IS_FREE}`),
  batchRuns: isAny(`batch_runs WHERE ${IS_FREE}`),
  'trigger_cursors of jobs': isNews('trigger_cursors', 'jobs'),
  'trigger_cursors of desk': isNews('trigger_cursors', 'desk'),
  'webhook_cursors of jobs': isNews('webhook_cursors', 'jobs'),
  'webhook_cursors of desk': isNews('webhook_cursors', 'desk'),
}

type Due = Record<keyof typeof CONDITIONS, boolean>

const DUE = {
  name: 'what-is-due',
  steady: true,
  text: `SELECT ${Object.entries(CONDITIONS)
    .map(([what, condition]) => `${condition} AS "${what}"`)
    .join(', ')}`,
}

const questions = new WeakMap<Database, () => Promise<Due>>()

/**
 * Whether there is anything of a kind to do: one look at many indexes, instead of a statement that locks, plans or writes for
 * each kind. Those who ask in the same turn of the event loop share it, as the rounds of an idle orchestrator do.
 */
export async function isDue(db: Database, what: keyof Due): Promise<boolean> {
  let ask = questions.get(db)
  if (!ask) {
    ask = perTurn(async () => (await db.anonymous<Due>(DUE))[0]!)
    questions.set(db, ask)
  }
  return (await ask())[what]
}
