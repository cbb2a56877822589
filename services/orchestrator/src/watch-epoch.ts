import type { EngineDeps } from '@stageline/engine'
import type { StageQueue } from '@stageline/engine/ports'

type Parts = { engine: Pick<EngineDeps, 'store' | 'observer'>; queue: Pick<StageQueue, 'epoch'> }

/**
 * Notices that Redis is no longer the one that messages were sent to (flush, failover, restart) and has every open job
 * looked at; so does the start of an orchestrator.
 */
export function watchEpoch({ engine, queue }: Parts) {
  let known: string | undefined
  return async (): Promise<{ rechecked: number; more: false }> => {
    const epoch = await queue.epoch()
    if (epoch === known) return { rechecked: 0, more: false }
    const rechecked = await engine.store.recheckAll()
    known = epoch
    return { rechecked, more: false }
  }
}
