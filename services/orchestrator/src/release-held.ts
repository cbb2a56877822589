import type { Maintenance } from '@stageline/engine/ports'

const AT_ONCE = 1_000

/** What a breaker held back goes on as soon as it has closed; a pause whose time is over is cleared away. */
export function releaseHeld({ maintenance }: { maintenance: Pick<Maintenance, 'liftPauses' | 'releaseWaiting'> }) {
  return async (): Promise<{ released: number; more: boolean }> => {
    const [released] = await Promise.all([maintenance.releaseWaiting(AT_ONCE), maintenance.liftPauses()])
    return { released, more: released === AT_ONCE }
  }
}
