import { readFile } from 'node:fs/promises'
import type { Member } from './member.ts'

/** What a process holds in memory, MB; 0 where it does not run or the system does not tell. */
export async function memoryOf(member: Member): Promise<number> {
  const status = await readFile(`/proc/${member.pid()}/status`, 'utf8').catch(() => '')
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024)
}
