import { readFile } from 'node:fs/promises'
import type { Member } from './member.ts'

/** What a process holds in memory, MB; 0 where it does not run or the system does not tell. */
export const memoryOf = (member: Member): Promise<number> => read(member, 'VmRSS')

/** The most that it has held since it began. */
export const peakMemoryOf = (member: Member): Promise<number> => read(member, 'VmHWM')

async function read(member: Member, field: string): Promise<number> {
  const status = await readFile(`/proc/${member.pid()}/status`, 'utf8').catch(() => '')
  return Math.round(Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1_024)
}
