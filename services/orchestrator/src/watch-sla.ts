import type { Maintenance } from '@stageline/engine/ports'

const AT_ONCE = 500

/** Promises of time whose deadline has come: told once each, by whichever orchestrator is there first. */
export function watchSla({ maintenance }: { maintenance: Pick<Maintenance, 'breachDue'> }) {
  return async (): Promise<{ breached: number; more: boolean }> => {
    const breached = await maintenance.breachDue(AT_ONCE)
    return { breached, more: breached === AT_ONCE }
  }
}
