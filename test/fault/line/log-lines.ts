import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Member } from './member.ts'
import type { Rig } from './start-rig.ts'

const Line = z.object({
  time: z.coerce.date(),
  code: z.string(),
  error: z.object({ message: z.string() }).optional(),
  msg: z.literal('trouble'),
})

/** How many lines each recurring error wrote within a time, by its cause: the most first. */
export async function troublesIn(rig: Rig, member: Member, from: Date, until: Date): Promise<[string, number][]> {
  const text = await readFile(join(rig.folder, 'logs', `${member.name}.log`), 'utf8')
  const lines = text.split('\n').flatMap((line) => parsed(line))
  const within = lines.filter(({ time }) => time >= from && time <= until)
  const counts = new Map<string, number>()
  for (const { code, error } of within) {
    const cause = `${code}: ${error?.message ?? ''}`
    counts.set(cause, (counts.get(cause) ?? 0) + 1)
  }
  return [...counts].toSorted(([, a], [, b]) => b - a)
}

function parsed(line: string): z.infer<typeof Line>[] {
  if (!line.startsWith('{')) return []
  const { data } = Line.safeParse(JSON.parse(line))
  return data ? [data] : []
}
