import type { Maintenance } from '@stageline/engine/ports'

const AT_ONCE = 1_000
/** What is too old is dropped in every so many rounds: about each 10 minutes. */
const ROUNDS_BETWEEN = 300

/** Upkeep of the record: counters summed, finished histories sealed, leases and keys expired, old outcomes dropped, partitions made ahead. */
export function keepUp({ maintenance }: { maintenance: Maintenance }) {
  let rounds = 0
  return async (): Promise<{ more: boolean }> => {
    await maintenance.ensurePartitions()
    await maintenance.foldCounters()
    await maintenance.expireTaskLeases()
    await maintenance.expireIdempotencyKeys(AT_ONCE)
    if (rounds++ % ROUNDS_BETWEEN === 0) await maintenance.forgetOutcomes()
    const sealed = await maintenance.sealFinished(AT_ONCE)
    return { more: sealed === AT_ONCE }
  }
}
