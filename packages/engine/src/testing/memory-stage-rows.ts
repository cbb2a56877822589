import { SystemError } from '@stageline/domain'
import type { BreakerView, HoldReason, StageHold, StageRegistry } from '../ports/index.ts'
import { PROBE_LEASE_MS } from '../ports/index.ts'

type Row = { paused: boolean; limitedUntil: number; breaker: BreakerView['state'] } & {
  times: number
  nextProbeAt: number
  probeBy: string | undefined
  probeUntil: number
  code: string | undefined
}

const CLOSED = {
  breaker: 'closed',
  times: 0,
  nextProbeAt: 0,
  probeBy: undefined,
  probeUntil: 0,
  code: undefined,
} as const

/** What holds stages, in maps, with a clock that a test moves; delays before probes are drawn without their jitter. */
export class MemoryStageRows implements Pick<
  StageRegistry,
  'heartbeat' | 'limit' | 'openBreaker' | 'closeBreaker' | 'leave'
> {
  readonly #rows = new Map<string, Row>()
  /** As a database that does not answer. */
  isAway = false
  nowMs = 0

  row(stage: string): Row {
    const row = this.#rows.get(stage) ?? { paused: false, limitedUntil: 0, ...CLOSED }
    this.#rows.set(stage, row)
    return row
  }

  async heartbeat(stage: string, workerId: string, mayProbe: boolean): Promise<StageHold> {
    this.#answer()
    const row = this.row(stage)
    const { nowMs } = this
    const isDue = row.breaker === 'open' && row.nextProbeAt <= nowMs
    const isFree = row.breaker === 'half_open' && (row.probeBy === workerId || row.probeUntil <= nowMs)
    const probing = mayProbe && !row.paused && (isDue || isFree)
    if (probing) Object.assign(row, { breaker: 'half_open', probeBy: workerId, probeUntil: nowMs + PROBE_LEASE_MS })
    else if (!mayProbe) this.#giveUp(row, workerId)
    const { paused, breaker } = row
    const next = breaker === 'open' ? row.nextProbeAt : row.probeUntil
    const limitedMs = Math.max(0, row.limitedUntil - nowMs)
    return { paused, limitedMs, breaker, probeInMs: Math.max(0, next - nowMs), probing }
  }

  async limit(stage: string, { ms }: { ms: number }): Promise<void> {
    this.#answer()
    const row = this.row(stage)
    row.limitedUntil = Math.max(row.limitedUntil, this.nowMs + ms)
  }

  async openBreaker(
    stage: string,
    { workerId, code, baseMs, maxMs }: { baseMs: number; maxMs: number } & HoldReason,
  ): Promise<number | undefined> {
    this.#answer()
    const row = this.row(stage)
    const ours = row.breaker === 'half_open' && row.probeBy === workerId
    if (row.breaker !== 'closed' && !ours) return undefined
    const nextProbeAt = this.nowMs + Math.min(maxMs, baseMs * 2 ** row.times)
    Object.assign(row, { ...CLOSED, breaker: 'open', code, times: row.times + 1, nextProbeAt })
    return row.times
  }

  async closeBreaker(stage: string, workerId: string): Promise<boolean> {
    this.#answer()
    const row = this.row(stage)
    if (row.breaker !== 'half_open' || row.probeBy !== workerId) return false
    Object.assign(row, CLOSED)
    return true
  }

  async leave(stage: string, workerId: string): Promise<void> {
    this.#answer()
    this.#giveUp(this.row(stage), workerId)
  }

  #giveUp(row: Row, workerId: string): void {
    if (row.probeBy === workerId) row.probeUntil = this.nowMs
  }

  #answer(): void {
    if (this.isAway) throw new SystemError('store.unavailable', 'The record is away')
  }
}
