import { quarantineOf } from '@stageline/domain'
import type { JobStore, StageQueue, StageRegistry } from '@stageline/engine/ports'

type Parts = {
  engine: { store: Pick<JobStore, 'recheckQueues'> }
  queue: Pick<StageQueue, 'isEmpty'>
  stages: Pick<StageRegistry, 'bundles'>
}

/**
 * A queue that stands empty while messages of it are looked for has lost its lists, though Redis is the same and the
 * messages' hashes are there: they are looked at closely at once, not after up to 5 minutes.
 */
export function watchEmpty({ engine, queue, stages }: Parts) {
  return async (): Promise<{ rechecked: number; more: false }> => {
    const names = [...(await stages.bundles()).keys()]
    const queues = [...names, ...names.map(quarantineOf)]
    const asked = await Promise.allSettled(queues.map((one) => queue.isEmpty(one)))
    const empty = queues.filter((_, i) => valueOf(asked[i]!) === true)
    const rechecked = await engine.store.recheckQueues(empty)
    const deaf = asked.find(({ status }) => status === 'rejected')
    if (deaf?.status === 'rejected') throw deaf.reason
    return { rechecked, more: false }
  }
}

const valueOf = (asked: PromiseSettledResult<boolean>): boolean | undefined =>
  asked.status === 'fulfilled' ? asked.value : undefined
