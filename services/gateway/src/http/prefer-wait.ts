import { setTimeout as delay } from 'node:timers/promises'
import { isFinalJob } from '@stageline/domain'
import type { RecordReader } from '@stageline/engine/ports'
import type { Request, Response } from 'express'

const MAX_WAIT_MS = 30_000

/** From `Prefer: wait=n` (RFC 7240), in milliseconds; 0 where nothing is said. */
export function preferredWaitMs(request: Request): number {
  const seconds = /(?:^|[,;\s])wait=(\d{1,4})/.exec(request.get('prefer') ?? '')?.[1]
  return Math.min(Number(seconds ?? 0) * 1000, MAX_WAIT_MS)
}

/** Looks at the job, ever less often, until it has ended or waits for a person, the time is over, or nobody listens. */
export async function waitUntilSettled(
  reader: RecordReader,
  tenantId: string,
  accepted: unknown,
  waitMs: number,
  response: Response,
): Promise<void> {
  if (waitMs === 0 || typeof accepted !== 'object' || accepted === null || !('id' in accepted)) return
  response.set('Preference-Applied', `wait=${waitMs / 1000}`)
  const deadline = performance.now() + waitMs
  for (let pauseMs = 25; performance.now() < deadline && !response.destroyed; pauseMs = Math.min(pauseMs * 2, 500)) {
    const job = await reader.job(tenantId, String(accepted.id))
    if (!job || isFinalJob(job.state) || job.state === 'suspended' || job.state === 'failed') return
    await delay(pauseMs)
  }
}
