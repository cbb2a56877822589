import { readdirSync, readFileSync } from 'node:fs'

/** Of Linux, on every architecture that it runs Node on. */
const TICKS_A_SECOND = 100

type Times = { parent: number; seconds: number }

function timesOf(pid: number): Times | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ').map(Number)
    // Own time, and that of children which have ended.
    const ticks = fields.slice(11, 15).reduce((sum, one) => sum + one, 0)
    return { parent: fields[1]!, seconds: ticks / TICKS_A_SECOND }
  } catch {
    return undefined
  }
}

/** Processor seconds that processes have used, with all their descendants. */
export function cpuSeconds(pids: readonly number[]): number {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const times = new Map(all.map((name) => [Number(name), timesOf(Number(name))]))
  const childrenOf = Map.groupBy(times.keys(), (pid) => times.get(pid)?.parent)
  const sum = (pid: number): number =>
    (times.get(pid)?.seconds ?? 0) + (childrenOf.get(pid) ?? []).reduce((total, child) => total + sum(child), 0)
  return pids.reduce((total, pid) => total + sum(pid), 0)
}

/** Seconds that all processors together were busy since the machine started. */
export function machineSeconds(): number {
  const [, ...ticks] = readFileSync('/proc/stat', 'latin1').split('\n')[0]!.trim().split(/\s+/)
  const [user, nice, system, , , irq, softirq, steal] = ticks.map(Number)
  return (user! + nice! + system! + irq! + softirq! + steal!) / TICKS_A_SECOND
}

/** What a process holds in memory now, or held at most (`VmHWM`), MB. */
export function memoryMb(pid: number, field: 'VmRSS' | 'VmHWM' = 'VmRSS'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1_024
}
