import { readFileSync } from 'node:fs'

/** Of Linux, on every architecture that it runs Node on. */
const TICK_MS = 10

/** How long a process has used a processor, ms; undefined where the system does not say (no `/proc`). */
export function cpuTimeMs(pid: number): number | undefined {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return (Number(afterName[11]) + Number(afterName[12])) * TICK_MS
  } catch {
    return undefined
  }
}
