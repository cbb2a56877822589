import { StagelineError } from '@stageline/domain'
import type { RedisInspection } from '@stageline/queue'
import { setTimeout as delay } from 'node:timers/promises'
import { PartAway } from './health.ts'
import type { ServiceLife } from './run-service.ts'

type Redis = { writable(): Promise<void>; inspect(): Promise<RedisInspection> }

const AGAIN_MS = 1_000

/** For readiness: Redis takes writes and keeps what it is given; the answer says which of both is not so. */
export const redisIsFit = (redis: Redis) => async (): Promise<void> => {
  await redis.writable().catch((error: unknown) => {
    throw error instanceof StagelineError ? new PartAway(error.message, { cause: error }) : error
  })
  const { problems } = await redis.inspect()
  if (problems.length > 0) throw new PartAway(problems.join('; '))
}

/**
 * Resolves when Redis has answered that it keeps what it is given. Until then whoever takes work from it waits: a server
 * that evicts keys drops messages in silence, and the record would have to send them again and again.
 */
export async function untilRedisIsFit(redis: Redis, { telemetry, stopping }: ServiceLife): Promise<void> {
  while (!stopping.aborted) {
    const seen = await redis.inspect().catch(() => undefined)
    if (seen?.problems.length === 0) return tellWarnings(seen, telemetry)
    if (seen) telemetry.observer.trouble('redis.unfit', new Error(seen.problems.join('; ')))
    await delay(AGAIN_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
}

function tellWarnings({ warnings, version }: RedisInspection, { logger }: ServiceLife['telemetry']): void {
  for (const reason of warnings) logger.warn({ reason, version }, 'redis forgets')
}
