import type { TriggerEntry } from '@stageline/domain'
import {
  TRIGGER_STREAMS,
  type AlertBook,
  type AlertMails,
  type TriggerQueue,
  type TriggerStore,
} from '@stageline/engine/ports'
import type { Database } from './database.ts'
import { noteAlertMails, takeAlertMails } from './queries/alert-mails.ts'
import { acknowledgeAlert, listAlerts } from './queries/alerts.ts'
import { readTriggerEntries } from './queries/read-trigger-entries.ts'
import { entriesBefore } from './queries/trigger-entries.ts'
import { listTriggerRuns, listTriggers, putTrigger, removeTrigger, selectTrigger } from './queries/triggers.ts'
import {
  endTriggerRun,
  forgetTriggerRuns,
  giveBackTriggerRun,
  noteTriggerRun,
  raiseAlert,
  takeTriggerRun,
} from './queries/work-on-trigger-runs.ts'
import { isDue } from './what-is-due.ts'

/** The triggers of tenants, for the gateway. */
export const createTriggerStore = (db: Database): TriggerStore => ({
  put: (tenantId, definition, actor, ifVersion) => putTrigger(db, tenantId, definition, actor, ifVersion),
  get: (tenantId, key) => selectTrigger(db, tenantId, key),
  list: (tenantId) => listTriggers(db, tenantId),
  remove: (tenantId, key, ifVersion) => removeTrigger(db, tenantId, key, ifVersion),
  runs: (tenantId, key, page) => listTriggerRuns(db, tenantId, key, page),
  past: async (tenantId, events, limit) => {
    const streams = TRIGGER_STREAMS.filter((stream) =>
      events.some((name) => name.startsWith('job.') === (stream === 'jobs')),
    )
    const read = async (stream: (typeof streams)[number]) =>
      await db.query<{ entry: TriggerEntry }>(tenantId, entriesBefore(stream), [tenantId, events, limit])
    return (await Promise.all(streams.map(read))).flat().map(({ entry }) => entry)
  },
})

/** Alerts as people see them, for the gateway. */
export const createAlertBook = (db: Database): AlertBook => ({
  alerts: (tenantId, filter, page) => listAlerts(db, tenantId, filter, page),
  acknowledge: (tenantId, id, actor) => acknowledgeAlert(db, tenantId, id, actor),
})

/** Alerts that are told by mail, for orchestrators. */
export const createAlertMails = (db: Database): AlertMails => ({
  take: (tenantId, levels, limit) => takeAlertMails(db.anonymous, tenantId, levels, limit),
  sent: (tenantId, ids) => noteAlertMails(db.anonymous, tenantId, ids),
})

/** Triggers as they are worked on, for orchestrators. */
export const createTriggerQueue = (db: Database): TriggerQueue => ({
  read: async (stream, limit, match) =>
    (await isDue(db, `trigger_cursors of ${stream}`))
      ? db.transaction(null, (query) => readTriggerEntries(query, stream, limit, match))
      : { read: 0, fired: 0 },
  take: async (leaseMs) => ((await isDue(db, 'triggerRuns')) ? takeTriggerRun(db.anonymous, leaseMs) : undefined),
  note: (run, made) => noteTriggerRun(db.anonymous, run, made),
  raise: (run, made, alert) => raiseAlert(db.anonymous, run, made, alert),
  end: (run, state, error) => endTriggerRun(db.anonymous, run, state, error),
  giveBack: (run, afterMs, error) => giveBackTriggerRun(db.anonymous, run, afterMs, error),
  forget: (limit) => forgetTriggerRuns(db.anonymous, limit),
})
