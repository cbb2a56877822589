import { SystemError } from '@stageline/domain'
import { setTimeout as delay } from 'node:timers/promises'
import type { Observer } from './ports/index.ts'

type Patience = {
  observer: Pick<Observer, 'trouble'>
  /** While it is open, what the database did not answer is asked again; then it fails. */
  signal?: AbortSignal | undefined
}

const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [100, 2_000]

/**
 * Asks again while the database is away, so that a worker holds what it has in hand: a message that failed then would be
 * finished, and its steps would wait until repair looks for it, which in a long queue may be minutes.
 *
 * @param call is told which try this is, from 1 on
 * @throws what `call` throws, except a `SystemError` while `signal` is open
 */
export async function patiently<T>(call: (tries: number) => Promise<T>, { observer, signal }: Patience): Promise<T> {
  for (let tries = 1, wait = FIRST_WAIT_MS; ; tries += 1, wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await call(tries)
    } catch (error) {
      if (!(error instanceof SystemError) || signal?.aborted) throw error
      observer.trouble('store.unavailable', error)
      await delay(wait, undefined, signal ? { signal } : {}).catch(() => undefined)
    }
  }
}
