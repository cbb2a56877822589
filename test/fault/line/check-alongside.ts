import { setTimeout as delay } from 'node:timers/promises'
import type { Rig } from './start-rig.ts'

/** Checks that go on while the next fault is caused, so that a long run spends its time on faults. */
export type Alongside = {
  /** A check that begins from now on; several that are asked for while one runs are one. */
  ask(after: string): void
  /** Waits until all that was asked for is answered. */
  done(): Promise<void>
  count(): number
}

const RETRY_MS = 2_000

/** @param tell is given what a check found violated, and the faults that it came after. */
export function checkAlongside(rig: Rig, tell: (after: string, violations: readonly string[]) => void): Alongside {
  let wanted: string[] = []
  let running: Promise<void> | undefined
  let count = 0

  const run = async () => {
    while (wanted.length > 0) {
      const after = wanted
      wanted = []
      // A check that loses its own connection to a fault has found nothing: it is made again.
      const verdict = await rig.check({ quiesced: false }).catch(() => undefined)
      if (verdict) {
        count += 1
        tell(after.join('; '), verdict.violations)
      } else {
        wanted = [...after, ...wanted]
        await delay(RETRY_MS)
      }
    }
    running = undefined
  }

  return {
    ask: (after) => {
      wanted.push(after)
      running ??= run()
    },
    done: async () => {
      await running
    },
    count: () => count,
  }
}
