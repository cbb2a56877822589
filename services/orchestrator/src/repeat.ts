import type { Observer } from '@stageline/engine/ports'
import { setTimeout as delay } from 'node:timers/promises'

type Repeated = {
  name: string
  everyMs: number
  runOnce: () => Promise<{ more: boolean }>
  observer: Pick<Observer, 'trouble'>
}

/**
 * Runs a piece of work again and again, at once where it says that there is more. A failure is told and tried again
 * after the usual time. Disposing waits for the run in hand.
 */
export function repeat({ name, everyMs, runOnce, observer }: Repeated): AsyncDisposable {
  const stop = new AbortController()
  const loop = async () => {
    while (!stop.signal.aborted) {
      const { more } = await runOnce().catch((error: unknown) => {
        observer.trouble(`orchestrator.${name}`, error)
        return { more: false }
      })
      if (!more) await delay(everyMs, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  }
  const ended = loop()
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await ended
    },
  }
}
