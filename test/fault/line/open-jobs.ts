import { waitFor } from '@stageline/testkit'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { OwnJob } from './job-mix.ts'
import type { Load } from './load.ts'
import type { Rig } from './start-rig.ts'

const LOOK_MS = 250
const AT_ONCE = 500

/** Jobs that are not at rest: neither finished nor with a person. */
export async function movingJobs({ admin }: Pick<Rig, 'admin'>): Promise<number> {
  const [row] = await admin.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM jobs WHERE finished_at IS NULL AND state NOT IN ('suspended', 'failed')`,
  )
  return row!.n
}

/** Waits until at most so many jobs move; how long that took from now, ms. */
export async function untilMoving(rig: Rig, atMost: number, withinMs: number): Promise<number> {
  const from = performance.now()
  const few = async () => {
    await delay(LOOK_MS)
    return (await movingJobs(rig)) <= atMost
  }
  await waitFor(few, { timeoutMs: withinMs, message: `at most ${atMost} jobs to be left` })
  return performance.now() - from
}

/** Submits jobs that have nothing to do but what `more` says, over and above the pace of the load, as fast as they are answered. */
export async function pile(load: Load, count: number, more: Partial<OwnJob> = {}): Promise<void> {
  for (let left = count; left > 0; left -= AT_ONCE)
    await load.send(
      Array.from({ length: Math.min(left, AT_ONCE) }, () => ({ script: {}, expect: 'completed' as const, ...more })),
    )
}
