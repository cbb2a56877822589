import { BacklogLevel } from './backlog-level.ts'
import type { BacklogReader } from './ports/index.ts'

/** Why a job was not taken in: too many are open, of its tenant or of all. */
export type BacklogFull = { of: 'tenant' | 'all'; bound: number; retryAfterS: number }

export type BacklogBounds = { tenant: number; all: number }

/** Decides how many new jobs may be taken in. What was accepted is never dropped; only intake asks here. */
export type Backlog = {
  /**
   * Calls `store` with the number of places granted, at most `wanted`; where that is less, with the reason. The places
   * are held while it runs.
   * @throws SystemError `store.unavailable` when the counts cannot be read
   */
  within<T>(
    tenantId: string,
    wanted: number,
    store: (granted: number, full: BacklogFull | undefined) => Promise<T>,
  ): Promise<T>
}

const LEVELS_KEPT = 1_000

/**
 * Bounds on open jobs (all that are not final, those that wait for a person included), from the counters. One process
 * never grants more places than it has seen; of what others take it hears a second later, so that n gateways exceed a
 * bound by at most what n − 1 of them accept in that second.
 */
export function createBacklog(
  reader: BacklogReader,
  bounds: BacklogBounds,
  nowMs: () => number = () => performance.now(),
): Backlog {
  const whole = new BacklogLevel(async () => ({ ...(await reader.ofAll()), bound: bounds.all }), nowMs)
  const tenants = new Map<string, BacklogLevel>()
  const levelOf = (tenantId: string): BacklogLevel => {
    const known = tenants.get(tenantId)
    if (known) return known
    if (tenants.size >= LEVELS_KEPT) forgetIdle(tenants)
    const read = async () => {
      const { bound, ...count } = await reader.ofTenant(tenantId)
      return { ...count, bound: bound ?? bounds.tenant }
    }
    const level = new BacklogLevel(read, nowMs)
    tenants.set(tenantId, level)
    return level
  }

  return {
    async within(tenantId, wanted, store) {
      const own = levelOf(tenantId)
      await Promise.all([own.refresh(), whole.refresh()])
      const granted = Math.max(0, Math.min(wanted, own.room, whole.room))
      const full = granted < wanted ? reasonOf(own, whole, wanted) : undefined
      for (const level of [own, whole]) level.begin(granted)
      try {
        return await store(granted, full)
      } finally {
        for (const level of [own, whole]) level.end(granted)
      }
    },
  }
}

function reasonOf(own: BacklogLevel, whole: BacklogLevel, wanted: number): BacklogFull {
  const [of, level] = own.room <= whole.room ? (['tenant', own] as const) : (['all', whole] as const)
  return { of, bound: level.bound, retryAfterS: level.retryAfterS(wanted) }
}

function forgetIdle(tenants: Map<string, BacklogLevel>): void {
  for (const [tenantId, level] of tenants) if (level.isIdle) tenants.delete(tenantId)
}
