import type { EngineDeps } from '@stageline/engine'
import { quarantineOf } from '@stageline/domain'
import type { StageQueue, StageRegistry } from '@stageline/engine/ports'

type Parts = {
  engine: Pick<EngineDeps, 'store'>
  queue: Pick<StageQueue, 'epochs'>
  stages: Pick<StageRegistry, 'bundles'>
}

/**
 * Notices that Redis, or the node of a cluster that holds a stage's queue, is no longer the one that messages were sent
 * to (flush, failover, restart) and has every open job looked at; so does the start of an orchestrator. A queue that
 * cannot be asked keeps its epoch: when its node is back it has another.
 */
export function watchEpoch({ engine, queue, stages }: Parts) {
  const known = new Map<string, string>()
  return async (): Promise<{ rechecked: number; more: false }> => {
    const names = [...(await stages.bundles()).keys()]
    const seen = await queue.epochs([...names, ...names.map(quarantineOf)])
    const changed = [...seen].filter(([stage, epoch]) => known.get(stage) !== epoch)
    if (changed.length === 0) return { rechecked: 0, more: false }
    const rechecked = await engine.store.recheckAll()
    for (const [stage, epoch] of changed) known.set(stage, epoch)
    return { rechecked, more: false }
  }
}
