/**
 * Time and aftermath: starts what is due, sends again what was lost, keeps the manual-review queue equal to the open
 * tasks, and looks after the record. Any number may run; none is the leader. Works no steps itself.
 */
import { openOrchestrator, runService, serveHealth } from '@stageline/runtime'
import { loadConfig } from './config.ts'
import { dispatchDue } from './dispatch-due.ts'
import { mirrorReviews } from './mirror-reviews.ts'
import { repairLost } from './repair-lost.ts'
import { repeat } from './repeat.ts'
import { keepUp } from './keep-up.ts'
import { watchEpoch } from './watch-epoch.ts'

await runService(
  'orchestrator',
  () => loadConfig(process.env),
  async (config, life) => {
    await serveHealth(config, life)
    const parts = openOrchestrator(config, life)
    const { observer } = life.telemetry
    const run = (name: string, everyMs: number, runOnce: () => Promise<{ more: boolean }>) =>
      life.onStop.use(repeat({ name, everyMs, runOnce, observer }))

    run('dispatch-due', config.STAGELINE_DISPATCH_MS, dispatchDue(parts.engine))
    run('repair-lost', config.STAGELINE_REPAIR_MS, repairLost(parts))
    run('watch-epoch', 500, watchEpoch(parts))
    run('mirror-reviews', 1_000, mirrorReviews(parts))
    run('keep-up', 2_000, keepUp(parts))
  },
)
