import { readFileSync } from 'node:fs'

/** Ticks a second in which Linux tells processor time to programs, on every architecture (proc(5), USER_HZ). */
const TICKS_PER_SECOND = 100

/** Processor time that a process has taken, in ms, by all its threads. */
export function processorMs(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of the program stands in brackets and may hold blanks: fields are counted from behind it.
  const [userTicks, systemTicks] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
  return ((Number(userTicks) + Number(systemTicks)) * 1000) / TICKS_PER_SECOND
}

/** The most memory that a process has held at a time, in MB. */
export function residentPeakMb(pid: number | undefined): number {
  const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kilobytes) / 1024)
}
