import type { Observer } from '@stageline/engine/ports'
import { untilTick } from '@stageline/runtime'
import { setTimeout as delay } from 'node:timers/promises'

type Repeated = {
  name: string
  everyMs: number
  runOnce: () => Promise<{ more: boolean }>
  observer: Pick<Observer, 'trouble'>
  /** Ends the repeating; the run in hand goes on. */
  stopping: AbortSignal
}

type Repeating = {
  /** How many runs have ended, well or not. */
  runs(): number
  /** Resolves when it was stopped and the last run is over. */
  ended: Promise<void>
}

/**
 * Runs a piece of work again and again, at once where it says that there is more. A failure is told and tried again
 * after the usual time. All works of a process wake at common ticks: waking for each apart cost an idle process a sixth
 * more.
 */
export function repeat({ name, everyMs, runOnce, observer, stopping }: Repeated): Repeating {
  let runs = 0
  const loop = async () => {
    while (!stopping.aborted) {
      const { more } = await runOnce().catch((error: unknown) => {
        observer.trouble(`orchestrator.${name}`, error)
        return { more: false }
      })
      runs += 1
      if (!more) await delay(untilTick(everyMs), undefined, { signal: stopping }).catch(() => undefined)
    }
  }
  return { runs: () => runs, ended: loop() }
}
