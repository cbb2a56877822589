import { waitFor } from '@stageline/testkit'
import type { Rig } from './start-rig.ts'

/** Jobs that wait for a stage: its step is queued, and its message has been sent. */
export async function waitingFor(rig: Rig, stage: string): Promise<string[]> {
  const sql = `SELECT id FROM jobs WHERE finished_at IS NULL AND steps -> $1 ->> 's' = 'queued' ORDER BY id`
  return (await rig.admin.query<{ id: string }>(sql, [stage])).map(({ id }) => id)
}

/** Waits until at least so many jobs wait for a stage that is paused. */
export async function untilWaiting(rig: Rig, stage: string, count: number, withinMs = 60_000): Promise<string[]> {
  let waiting: string[] = []
  const enough = async () => (waiting = await waitingFor(rig, stage)).length >= count
  await waitFor(enough, { timeoutMs: withinMs, message: `${count} jobs to wait for ${stage}` })
  return waiting
}

/** So often were messages looked for that have been waiting for minutes: the next look is minutes away. */
const LOOKS_OF_OLD = 7

/** Makes jobs look as if they had waited for minutes: without a sweep nobody would look for their messages soon. */
export async function letAge(rig: Rig, jobs: readonly string[]): Promise<void> {
  const sql = `UPDATE messages SET looks = $2, check_at = stageline_now() + interval '4 min' WHERE jobs && $1::uuid[]`
  await rig.admin.query(sql, [jobs, LOOKS_OF_OLD])
}

/** Waits until somebody looks for the first message of jobs that were let age; how long that took from now, ms. */
export async function untilSweep(rig: Rig, jobs: readonly string[]): Promise<number> {
  const from = performance.now()
  const sql = 'SELECT 1 FROM messages WHERE jobs && $1::uuid[] AND looks < $2 LIMIT 1'
  const begun = async () => (await rig.admin.query(sql, [jobs, LOOKS_OF_OLD])).length > 0
  await waitFor(begun, { timeoutMs: 60_000, message: 'a sweep to begin' })
  return performance.now() - from
}
