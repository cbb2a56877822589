import { quarantineOf } from '@stageline/domain'
import type { StageConsumer } from '@stageline/queue'
import { createQuarantineWatch } from '@stageline/queue'
import { atTicks } from './at-ticks.ts'
import type { connect } from './connect.ts'
import { keepQuarantine } from './keep-quarantine.ts'
import type { StageConfig } from './load-config.ts'
import { forkQuarantine } from './quarantine-child.ts'
import type { ServiceLife } from './run-service.ts'

const LOOK_EVERY_MS = 1_000
/** A stopping child closes its connections after draining, within the time that this process has for the same. */
const CLOSING_MS = 3_000

type Parts = { connections: ReturnType<typeof connect>; consumer: StageConsumer }

/** Has the quarantine of a stage looked after for as long as its worker lives; the child drains while the worker does. */
export function openQuarantine(
  stage: string,
  config: StageConfig,
  { instanceId, telemetry, stopping, onStop }: ServiceLife,
  { connections: { engine, redis }, consumer }: Parts,
): void {
  const stopWithinMs = config.STAGELINE_DRAIN_MS + CLOSING_MS
  const keeper = keepQuarantine({
    watch: createQuarantineWatch({
      redis,
      prefix: config.STAGELINE_QUEUE_PREFIX,
      queue: quarantineOf(stage),
      owner: instanceId,
    }),
    fork: () => forkQuarantine(stage, config),
    engine,
    isPaused: () => consumer.isPaused(),
    reporter: instanceId,
    stopWithinMs,
    now: () => performance.now(),
  })
  const look = () =>
    void keeper.runOnce().catch((error: unknown) => telemetry.observer.trouble('queue.unavailable', error))
  const leave = atTicks(LOOK_EVERY_MS, look)
  stopping.addEventListener('abort', () => void keeper.stop(stopWithinMs), { once: true })
  onStop.defer(async () => {
    leave()
    await keeper.stop(stopWithinMs)
  })
}
