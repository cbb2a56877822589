import type { Maintenance, Observer } from '@stageline/engine/ports'

const AT_ONCE = 500

type Parts = { maintenance: Pick<Maintenance, 'breachDue'>; observer: Pick<Observer, 'count'> }

/** Promises of time whose deadline has come: told once each, by whichever orchestrator is there first. */
export function watchSla({ maintenance, observer }: Parts) {
  return async (): Promise<{ breached: number; more: boolean }> => {
    const breached = await maintenance.breachDue(AT_ONCE)
    if (breached > 0) observer.count('sla_breached', breached)
    return { breached, more: breached >= AT_ONCE }
  }
}
