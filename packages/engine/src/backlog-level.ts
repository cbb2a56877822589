import type { BacklogCount } from './ports/index.ts'

/** A count older than this is read again before anything is decided by it. */
const FRESH_MS = 1_000
/** The pace is what became final within this time. */
const PACE_OVER_MS = 60_000
/** Retry-After where nothing is known of the pace yet, and the least and most of it, in seconds. */
const UNKNOWN_PACE_S = 10
const MAX_RETRY_S = 300
/** Those who were refused come back when at least this share of the bound is free again, not for a single place each. */
const FREE_SHARE = 0.01

type Seen = BacklogCount & { atMs: number }

/**
 * How full one backlog is, as far as this process knows: the count that was last read (at most a second old), what this
 * process has stored since that reading began, and what it is storing. Jobs that were being stored during the reading may
 * be counted twice until the next one, never not at all.
 */
export class BacklogLevel {
  readonly #read: () => Promise<BacklogCount & { bound: number }>
  readonly #nowMs: () => number
  #seen: Seen = { open: 0, finished: 0, atMs: Number.NEGATIVE_INFINITY }
  #bound = 0
  #reading: Promise<void> | undefined
  #storing = 0
  #stored = 0
  #storedBefore = 0
  #pace: Seen[] = []

  constructor(read: () => Promise<BacklogCount & { bound: number }>, nowMs: () => number) {
    this.#read = read
    this.#nowMs = nowMs
  }

  /** @throws SystemError `store.unavailable` */
  async refresh(): Promise<void> {
    if (!this.isStale) return
    this.#reading ??= this.#readOnce().finally(() => (this.#reading = undefined))
    await this.#reading
  }

  get isStale(): boolean {
    return this.#nowMs() - this.#seen.atMs >= FRESH_MS
  }

  get isIdle(): boolean {
    return this.isStale && this.#storing === 0 && this.#reading === undefined
  }

  get bound(): number {
    return this.#bound
  }

  /** Places that are left; below 0 where the bound was lowered. */
  get room(): number {
    return this.#bound - this.#seen.open - (this.#stored - this.#storedBefore) - this.#storing
  }

  begin(jobs: number): void {
    this.#storing += jobs
  }

  end(jobs: number): void {
    this.#storing -= jobs
    this.#stored += jobs
  }

  /** Seconds until `wanted` jobs may find room at the pace of the last minute. */
  retryAfterS(wanted: number): number {
    const missing = Math.max(wanted - this.room, this.#bound * FREE_SHARE)
    const pace = this.#jobsPerS()
    if (pace === undefined) return UNKNOWN_PACE_S
    return Math.min(MAX_RETRY_S, Math.max(1, Math.ceil(missing / pace)))
  }

  async #readOnce(): Promise<void> {
    const storedBefore = this.#stored
    const { bound, open, finished } = await this.#read()
    this.#storedBefore = storedBefore
    this.#bound = bound
    this.#seen = { open, finished, atMs: this.#nowMs() }
    this.#pace = [...this.#pace.filter(({ atMs }) => atMs > this.#seen.atMs - PACE_OVER_MS), this.#seen]
  }

  /** Undefined until there are two readings. */
  #jobsPerS(): number | undefined {
    const first = this.#pace[0]
    if (!first || first === this.#seen) return undefined
    return Math.max(0, ((this.#seen.finished - first.finished) * 1_000) / (this.#seen.atMs - first.atMs))
  }
}
