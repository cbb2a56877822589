import { quarantineOf } from '@stageline/domain'
import type { JobStore, StageQueue, StageRegistry } from '@stageline/engine/ports'

type Parts = {
  engine: { store: Pick<JobStore, 'recheckStage'> }
  queue: Pick<StageQueue, 'isEmpty'>
  stages: Pick<StageRegistry, 'bundles'>
}

/**
 * A queue that stands empty while jobs are queued for its stage has lost its lists, though Redis is the same and the
 * messages' hashes are there: those jobs are looked at closely at once, not after up to 5 minutes.
 */
export function watchEmpty({ engine, queue, stages }: Parts) {
  return async (): Promise<{ rechecked: number; more: false }> => {
    const names = [...(await stages.bundles()).keys()]
    const counts = await Promise.all(names.map((stage) => recheckIfEmpty(stage)))
    return { rechecked: counts.reduce((sum, count) => sum + count, 0), more: false }
  }

  async function recheckIfEmpty(stage: string): Promise<number> {
    const empty = await Promise.all([stage, quarantineOf(stage)].map((name) => queue.isEmpty(name)))
    return empty.every(Boolean) ? engine.store.recheckStage(stage) : 0
  }
}
