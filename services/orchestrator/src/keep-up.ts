import type { Maintenance } from '@stageline/engine/ports'

const AT_ONCE = 1_000

/** Upkeep of the record: counters summed, finished histories sealed, leases and keys expired, partitions made ahead. */
export function keepUp({ maintenance }: { maintenance: Maintenance }) {
  return async (): Promise<{ more: boolean }> => {
    await maintenance.ensurePartitions()
    await maintenance.foldCounters()
    await maintenance.expireTaskLeases()
    await maintenance.expireIdempotencyKeys(AT_ONCE)
    const sealed = await maintenance.sealFinished(AT_ONCE)
    return { more: sealed === AT_ONCE }
  }
}
