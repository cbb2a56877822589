import { createOutbound, createSources, tableSource } from '@stageline/connectors'
import { planJobs, submitJobs } from '@stageline/engine'
import type { RunDeps } from '@stageline/engine'
import type { TakenRun } from '@stageline/engine/ports'
import type { openOrchestrator, ServiceLife } from '@stageline/runtime'
import type { OrchestratorConfig } from './config.ts'
import { runBatches, type LongWork } from './run-batches.ts'

type Parts = ReturnType<typeof openOrchestrator>

/** Puts together what runs work with: the sources that this process may read, and the engine. */
export function openRuns(config: OrchestratorConfig, parts: Parts, life: ServiceLife): LongWork {
  const { engine, backlog, runs, readUpload, ownTenantId } = parts
  const outbound = life.onStop.use(createOutbound({ allow: config.STAGELINE_OUTBOUND_ALLOW }))
  const now = () => engine.store.now()
  const openSource = createSources({ settings: config, outbound, ownTenantId, now })
  const submit: RunDeps['submit'] = (requests) => submitJobs(requests, { ...engine, backlog })
  return runBatches({
    queue: runs,
    open: async ({ origin, tenantId }: TakenRun) =>
      origin.kind === 'upload' ? tableSource(await readUpload(origin)) : openSource(origin, tenantId),
    submit,
    plan: planJobs(engine),
    observer: engine.observer,
    owner: life.instanceId,
    stopping: life.stopping,
  })
}
