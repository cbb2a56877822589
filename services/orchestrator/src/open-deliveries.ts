import { createOutbound, createWebhookSender } from '@stageline/connectors'
import type { openOrchestrator, ServiceLife } from '@stageline/runtime'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { OrchestratorConfig } from './config.ts'
import { deliverWebhooks, type Deliverer } from './deliver-webhooks.ts'

/** How long stopping waits for answers, ms; what is cut off is sent again by another orchestrator. */
const STOP_LIMIT_MS = 3_000

type Parts = Pick<ReturnType<typeof openOrchestrator>, 'deliveries' | 'engine'>

/** Puts together what sending needs: the way out, with its guard, and what is to be sent. */
export function openDeliveries(
  config: OrchestratorConfig,
  { deliveries, engine }: Parts,
  life: ServiceLife,
): Deliverer {
  const outbound = life.onStop.use(createOutbound({ allow: config.STAGELINE_OUTBOUND_ALLOW }))
  const deliverer = deliverWebhooks({
    queue: deliveries,
    send: createWebhookSender(outbound),
    elapsedMs: () => performance.now(),
    observer: engine.observer,
    stopping: life.stopping,
  })
  // Before the way out is closed.
  life.onStop.defer(() => Promise.race([deliverer.idle(), delay(STOP_LIMIT_MS)]))
  return deliverer
}
