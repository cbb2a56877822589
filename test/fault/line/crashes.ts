import type { Rig } from './start-rig.ts'

/** How often processes ended unasked, all together. */
export const deathsIn = ({ members }: Rig): number => members.reduce((sum, member) => sum + member.deaths(), 0)

/** How often a step was taken from a worker as if that had died. */
export async function crashesIn({ admin }: Rig): Promise<number> {
  const [row] = await admin.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM history WHERE reason IN ('lease_expired', 'worker_crashed')`,
  )
  return row!.n
}
