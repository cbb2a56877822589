import { createOutbound, createWebhookSender } from '@stageline/connectors'
import type { openOrchestrator, ServiceLife } from '@stageline/runtime'
import { performance } from 'node:perf_hooks'
import type { OrchestratorConfig } from './config.ts'
import { deliverWebhooks, type Deliverer } from './deliver-webhooks.ts'

type Parts = Pick<ReturnType<typeof openOrchestrator>, 'deliveries' | 'engine'>

/** Puts together what sending needs: the way out, with its guard, and what is to be sent. */
export function openDeliveries(
  config: OrchestratorConfig,
  { deliveries, engine }: Parts,
  life: ServiceLife,
): Deliverer {
  const outbound = life.onStop.use(createOutbound({ allow: config.STAGELINE_OUTBOUND_ALLOW }))
  return deliverWebhooks({
    queue: deliveries,
    send: createWebhookSender(outbound),
    elapsedMs: () => performance.now(),
    observer: engine.observer,
    stopping: life.stopping,
  })
}
