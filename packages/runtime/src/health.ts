import { OutOfTime, withinLimit } from '@stageline/domain'

/** Whether a process lives and whether it can do its work; an answer names the part that is at fault. */
export class Health {
  readonly #parts: Part[] = []
  readonly #lives: Life[] = []
  readonly #stopping: AbortSignal
  #hasBegun = false
  #seen: { at: number; parts: Promise<Seen[]> } | undefined

  constructor(stopping: AbortSignal) {
    this.#stopping = stopping
  }

  /** Without this part the service is not ready; its check rejects when the part is away. */
  needs(name: string, check: () => Promise<void>): void {
    this.#parts.push({ name, check, needed: true })
  }

  /** The service goes on without this part, and says that it is away. */
  misses(name: string, check: () => Promise<void>): void {
    this.#parts.push({ name, check, needed: false })
  }

  /** Without this the process does not live any more and has to be started again: no store, only what it does itself. */
  lives(name: string, isAlive: () => boolean): void {
    this.#lives.push({ name, isAlive })
  }

  /** The start is over: what goes wrong from now on is no part of it. */
  begin(): void {
    this.#hasBegun = true
  }

  /** For a probe that holds back the others until the start is over, however long a store is waited for. */
  started(): HealthAnswer {
    if (this.#hasBegun) return { status: 200, body: { status: 'pass' } }
    return { status: 503, body: { status: 'fail', reason: 'starting' } }
  }

  /** Touches no store: an outage elsewhere is no reason to restart this process. */
  live(): HealthAnswer {
    const dead = this.#lives.filter(({ isAlive }) => !isAlive()).map(({ name }) => name)
    if (dead.length === 0) return { status: 200, body: { status: 'pass' } }
    return { status: 503, body: { status: 'fail', reason: `no progress: ${dead.join(', ')}` } }
  }

  /** Parts are asked at most once a second, however many want to know. */
  async ready(): Promise<HealthAnswer> {
    const seen = await this.#look()
    const away = seen.filter(({ status }) => status !== 'pass').map(({ name }) => name)
    const stopping = this.#stopping.aborted
    const ok = !stopping && seen.every(({ status }) => status !== 'fail')
    const reason = stopping ? 'stopping' : away.length > 0 ? `not available: ${away.join(', ')}` : undefined
    return {
      status: ok ? 200 : 503,
      body: {
        status: ok ? (away.length > 0 ? 'warn' : 'pass') : 'fail',
        ...(reason === undefined ? {} : { reason }),
        checks: Object.fromEntries(seen.map(({ name, ...check }) => [name, check])),
      },
    }
  }

  #look(): Promise<Seen[]> {
    const now = performance.now()
    if (!this.#seen || now - this.#seen.at > KEPT_MS) {
      this.#seen = { at: now, parts: Promise.all(this.#parts.map(look)) }
    }
    return this.#seen.parts
  }
}

type Part = { name: string; check: () => Promise<void>; needed: boolean }
type Life = { name: string; isAlive: () => boolean }
type Status = 'pass' | 'warn' | 'fail'
type Check = { status: Status; output?: string }
type Seen = Check & { name: string }

/** The shape of the health+json draft: `warn` still answers 200. */
export type HealthAnswer = {
  status: 200 | 503
  body: { status: Status; reason?: string; checks?: Record<string, Check> }
}

const CHECK_LIMIT_MS = 1_500
const KEPT_MS = 1_000

/** Why a part is away, in words that are fit for strangers: no addresses, no causes. */
export class PartAway extends Error {}

const reasonOf = (error: unknown): string => (error instanceof PartAway ? error.message : 'refused')

/** Says whether it hangs or refuses, and no more, unless the part says more itself: addresses and causes stand in the log. */
async function look({ name, check, needed }: Part): Promise<Seen> {
  try {
    await withinLimit(CHECK_LIMIT_MS, check)
    return { name, status: 'pass' }
  } catch (error) {
    const output = error instanceof OutOfTime ? `no answer within ${CHECK_LIMIT_MS} ms` : reasonOf(error)
    return { name, status: needed ? 'fail' : 'warn', output }
  }
}
