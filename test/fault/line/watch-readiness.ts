import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { Member } from './member.ts'

const EVERY_MS = 1_000

/** Asks every process for a while whether it is ready; which ones said no, and when. */
export async function watchReadiness(members: readonly Member[], forMs: number): Promise<string[]> {
  const from = performance.now()
  const unready: string[] = []
  while (performance.now() - from < forMs) {
    const seconds = Math.round((performance.now() - from) / 1_000)
    const answers = await Promise.all(members.map((member) => member.isReady()))
    unready.push(...members.filter((_, i) => !answers[i]).map(({ name }) => `${name} after ${seconds} s`))
    await delay(EVERY_MS)
  }
  return unready
}
