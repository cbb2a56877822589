import { withinLimit } from '@stageline/domain'
import type { Claims } from '@stageline/engine'
import { StageGate } from '@stageline/engine'
import type { StageConsumer } from '@stageline/queue'
import { atTicks } from './at-ticks.ts'
import type { connect } from './connect.ts'
import type { StageConfig } from './load-config.ts'
import type { ServiceLife } from './run-service.ts'

const LOOK_EVERY_MS = 1_000
const LEAVE_LIMIT_MS = 1_000

/**
 * Keeps a worker's gate equal to its stage's row: looks every second, which is also how others see that it lives, and at
 * once when somebody hints at a change. The consumer fetches only while the gate is open; the pause is local to it.
 */
export function mindStage(
  stage: string,
  config: StageConfig,
  { stages, hints }: Pick<ReturnType<typeof connect>, 'stages' | 'hints'>,
  life: ServiceLife,
) {
  const { observer } = life.telemetry
  const onError = (error: unknown) => observer.trouble('store.unavailable', error)
  let consumer: StageConsumer | undefined
  const gate = new StageGate({
    stage,
    workerId: life.instanceId,
    registry: stages,
    observer,
    tellOthers: () => hints.tell(stage),
    onChange: (isOpen) => (isOpen ? consumer?.resume() : void consumer?.pause().catch(onError)),
    breaker: { baseMs: config.STAGELINE_BREAKER_BASE_MS, maxMs: config.STAGELINE_BREAKER_MAX_MS },
  })
  const look = () => void gate.look().catch(onError)
  return {
    gate,
    /**
     * From now on the consumer obeys; it begins to work unless something holds the stage. Claims hear of jobs that others
     * have changed.
     */
    start: async (of: StageConsumer, claims: Pick<Claims, 'look'>): Promise<void> => {
      await gate.look().catch(onError)
      consumer = of
      consumer.start()
      if (!gate.isOpen) await consumer.pause()
      const leave = atTicks(LOOK_EVERY_MS, look)
      life.onStop.defer(() => {
        leave()
        gate[Symbol.dispose]()
      })
      const hear = (jobId: string | undefined) => (jobId === undefined ? look() : void claims.look(jobId))
      life.onStop.use(hints.listen(stage, hear))
    },
    /** People no longer count on this worker. */
    leave: (): Promise<void> => withinLimit(LEAVE_LIMIT_MS, () => stages.leave(stage, life.instanceId)).catch(onError),
  }
}
