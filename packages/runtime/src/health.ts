/** Whether a process lives and whether it can do its work; an answer names the part that is at fault. */
export class Health {
  readonly #parts: Part[] = []
  readonly #stopping: AbortSignal

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

  /** Touches no store: an outage elsewhere is no reason to restart this process. */
  live(): HealthAnswer {
    return { status: 200, body: { status: 'pass' } }
  }

  async ready(): Promise<HealthAnswer> {
    const seen = await Promise.all(
      this.#parts.map(async ({ name, check, needed }) => ({ name, status: await statusOf(check, needed) })),
    )
    const away = seen.filter(({ status }) => status !== 'pass').map(({ name }) => name)
    const stopping = this.#stopping.aborted
    const ok = !stopping && seen.every(({ status }) => status !== 'fail')
    const reason = stopping ? 'stopping' : away.length > 0 ? `not available: ${away.join(', ')}` : undefined
    return {
      status: ok ? 200 : 503,
      body: {
        status: ok ? (away.length > 0 ? 'warn' : 'pass') : 'fail',
        ...(reason === undefined ? {} : { reason }),
        checks: Object.fromEntries(seen.map(({ name, status }) => [name, { status }])),
      },
    }
  }
}

type Part = { name: string; check: () => Promise<void>; needed: boolean }
type Status = 'pass' | 'warn' | 'fail'

/** The shape of the health+json draft: `warn` still answers 200. */
export type HealthAnswer = {
  status: 200 | 503
  body: { status: Status; reason?: string; checks?: Record<string, { status: Status }> }
}

const CHECK_LIMIT_MS = 1_500

async function statusOf(check: () => Promise<void>, needed: boolean): Promise<Status> {
  const away = needed ? 'fail' : 'warn'
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<Status>((resolve) => (timer = setTimeout(() => resolve(away), CHECK_LIMIT_MS)))
  const answer = check().then(
    () => 'pass' as const,
    () => away,
  )
  return Promise.race([answer, limit]).finally(() => clearTimeout(timer))
}
