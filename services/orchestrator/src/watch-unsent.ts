import type { Maintenance, Observer } from '@stageline/engine/ports'

/** From here on a person must look: Redis is away for long, or the repair cannot keep up. */
const LATE_S = 60

type Parts = { maintenance: Pick<Maintenance, 'oldestUnsentS'>; observer: Pick<Observer, 'trouble'> }

/**
 * Sees how long the oldest queued step has been overdue for a look at its message. What waits in Redis is looked at in
 * time, however long its stage is paused or its breaker open: only what may be missing there grows old.
 */
export function watchUnsent({ maintenance, observer }: Parts) {
  let seconds = 0
  return {
    seconds: () => seconds,
    runOnce: async (): Promise<{ more: false }> => {
      seconds = await maintenance.oldestUnsentS()
      if (seconds > LATE_S) observer.trouble('repair.late', new Error(`Queued steps are unsent for ${seconds} s`))
      return { more: false }
    },
  }
}
