/** Whether a process lives and whether it can do its work; an answer names the part that is at fault. */
export class Health {
  readonly #checks = new Map<string, () => Promise<void>>()
  readonly #stopping: AbortSignal

  constructor(stopping: AbortSignal) {
    this.#stopping = stopping
  }

  /** A part that must work for this service to be ready; its check rejects when it does not. */
  needs(part: string, check: () => Promise<void>): void {
    this.#checks.set(part, check)
  }

  /** Touches no store: an outage elsewhere is no reason to restart this process. */
  live(): HealthAnswer {
    return { status: 200, body: { status: 'pass' } }
  }

  async ready(): Promise<HealthAnswer> {
    const parts = await Promise.all(
      [...this.#checks].map(async ([part, check]) => [part, await outcomeOf(check)] as const),
    )
    const stopping = this.#stopping.aborted
    const failing = parts.filter(([, outcome]) => outcome !== 'pass')
    const ok = failing.length === 0 && !stopping
    return {
      status: ok ? 200 : 503,
      body: {
        status: ok ? 'pass' : 'fail',
        ...(stopping
          ? { reason: 'stopping' }
          : failing.length > 0
            ? { reason: `not available: ${failing.map(([part]) => part).join(', ')}` }
            : {}),
        checks: Object.fromEntries(parts.map(([part, outcome]) => [part, { status: outcome }])),
      },
    }
  }
}

export type HealthAnswer = {
  status: 200 | 503
  body: { status: 'pass' | 'fail'; reason?: string; checks?: Record<string, { status: 'pass' | 'fail' }> }
}

const CHECK_LIMIT_MS = 1_500

async function outcomeOf(check: () => Promise<void>): Promise<'pass' | 'fail'> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<'fail'>((resolve) => (timer = setTimeout(() => resolve('fail'), CHECK_LIMIT_MS)))
  const answer = check().then(
    () => 'pass' as const,
    () => 'fail' as const,
  )
  return Promise.race([answer, limit]).finally(() => clearTimeout(timer))
}
