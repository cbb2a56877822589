/**
 * Time and aftermath: starts what is due, sends again what was lost, keeps the manual-review queue equal to the open
 * tasks, reads sources into batches, acts on many jobs at once, does what triggers say, tells webhooks what happened, and looks
 * after the record. Any number may run; none is the leader. Works no steps itself.
 */
import { createMailer } from '@stageline/connectors'
import { openOrchestrator, runService, serveHealth, watchProgress } from '@stageline/runtime'
import { archiveFinished } from './archive-finished.ts'
import { loadConfig, retentionOf } from './config.ts'
import { openRuns } from './open-runs.ts'
import { runBulkActions } from './run-bulk-actions.ts'
import { dispatchDue } from './dispatch-due.ts'
import { mailAlerts } from './mail-alerts.ts'
import { mirrorReviews } from './mirror-reviews.ts'
import { releaseHeld } from './release-held.ts'
import { repairLost } from './repair-lost.ts'
import { repeat } from './repeat.ts'
import { openDeliveries } from './open-deliveries.ts'
import { runTriggers, watchTriggers } from './run-triggers.ts'
import { watchWebhooks } from './deliver-webhooks.ts'
import { keepUp } from './keep-up.ts'
import { watchAlerts } from './watch-alerts.ts'
import { watchEmpty } from './watch-empty.ts'
import { watchEpoch } from './watch-epoch.ts'
import { watchSla } from './watch-sla.ts'
import { watchUnsent } from './watch-unsent.ts'
import { submitJobs } from '@stageline/engine'
import { setTimeout as delay } from 'node:timers/promises'

/** For how long a round may last while the database answers, ms. */
const ROUND_LIMIT_MS = 60_000
/** The one round that grows with the backlog: millions of looks are woken, in statements that each have their own limit. */
const SWEEP_LIMIT_MS = 600_000
/** How long stopping waits for rounds in hand, ms; one that is cut off is done again by another orchestrator. */
const STOP_LIMIT_MS = 3_000

await runService(
  'orchestrator',
  () => loadConfig(process.env),
  async (config, life) => {
    await serveHealth(config, life)
    const parts = openOrchestrator(config, life)
    const { observer } = life.telemetry
    const rounds: Promise<void>[] = []
    const run = (
      name: string,
      everyMs: number,
      runOnce: () => Promise<{ more: boolean }>,
      limitMs: number = ROUND_LIMIT_MS,
    ) => {
      const { runs, ended } = repeat({ name, everyMs, runOnce, observer, stopping: life.stopping })
      rounds.push(ended)
      watchProgress(life, { name, mark: runs, isExpected: parts.isDatabaseThere, limitMs })
    }
    life.onStop.defer(async () => void (await Promise.race([Promise.all(rounds), delay(STOP_LIMIT_MS)])))

    run('dispatch-due', config.STAGELINE_DISPATCH_MS, dispatchDue(parts.engine))
    run('release-held', 500, releaseHeld(parts))
    run('watch-sla', 250, watchSla({ ...parts, observer }))
    run('repair-lost', config.POLL_INTERVAL, repairLost(parts))
    run('watch-epoch', 500, watchEpoch(parts), SWEEP_LIMIT_MS)
    run('mirror-reviews', 1_000, mirrorReviews(parts))
    run('keep-up', 2_000, keepUp(parts))
    run('watch-empty', 5_000, watchEmpty(parts))
    const unsent = watchUnsent({ ...parts, observer })
    run('watch-unsent', 5_000, unsent.runOnce)
    life.telemetry.observeGauge('stageline_oldest_unsent_seconds', () => [{ value: unsent.seconds() }])
    const { countJobs, countOpenTasks } = parts.maintenance
    const byState = (count: typeof countJobs | typeof countOpenTasks) => async () =>
      (await count()).map(({ state, count: value }) => ({ value, labels: { state } }))
    const tasksByState = byState(countOpenTasks)
    life.telemetry.observeGauge('stageline_jobs', byState(countJobs))
    life.telemetry.observeGauge('active_tasks_total', tasksByState)
    life.telemetry.observeGauge('tasks_active', tasksByState)
    const batches = openRuns(config, parts, life)
    rounds.push(untilStopped(life.stopping).then(() => batches.idle()))
    run('run-batches', 500, () => batches.runOnce())
    const { engine, bulk, backlog, desk, deliveries: outbox } = parts
    const submit = (requests: Parameters<typeof submitJobs>[0]) => submitJobs(requests, { ...engine, backlog })
    const triggering = { queue: parts.triggers, desk, submit, deliveries: outbox, observer }
    run('watch-triggers', 500, watchTriggers(triggering))
    run('run-triggers', 250, runTriggers(triggering))
    const notify = config.ENABLE_WORKFLOW_NOTIFICATIONS
    run('watch-webhooks', 500, watchWebhooks({ queue: parts.deliveries, notify }))
    const deliveries = openDeliveries(config, parts, life)
    if (notify) run('deliver-webhooks', 250, deliveries.runOnce)
    const about = { observer, owner: life.instanceId, stopping: life.stopping }
    const bulkActions = runBulkActions({ queue: bulk, engine, ...about })
    rounds.push(untilStopped(life.stopping).then(() => bulkActions.idle()))
    run('run-bulk-actions', 250, () => bulkActions.runOnce())
    const [send, level, tenantId] = [createMailer(config), config.ALERT_MAIL_LEVEL, parts.ownTenantId]
    if (notify && send) run('mail-alerts', 5_000, mailAlerts({ mails: parts.alertMails, send, tenantId, level }))
    const limits = retentionOf(config)
    if (limits) run('archive-finished', 10_000, archiveFinished({ archiver: parts.archiver, limits }))
    run('watch-alerts', 60_000, watchAlerts({ rules: parts.alertRules, settings: config }), SWEEP_LIMIT_MS)
    run('note-alive', 2_000, async () => {
      await parts.maintenance.noteAlive(life.instanceId)
      return { more: false }
    })
  },
)

function untilStopped(stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => stopping.addEventListener('abort', () => resolve(), { once: true }))
}
