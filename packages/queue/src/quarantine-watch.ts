import { keyPrefix, type RedisClient } from './open-redis.ts'

export type QuarantineWatch = {
  /** Whether a message waits or is being worked: two lengths of lists. */
  hasWork(): Promise<boolean>
  /** True as long as no other owner has the turn; taken and kept by asking again within 10 s. */
  takeTurn(): Promise<boolean>
  /** Another may have the turn at once. */
  leaveTurn(): Promise<void>
}

const TURN_MS = 10_000

/**
 * What the workers of a stage agree on about its quarantine: whether there is work, and which of them has it worked. Two
 * that have the turn at once, after a flush, do no harm: each works steps of its own.
 */
export function createQuarantineWatch({
  redis,
  prefix,
  queue,
  owner,
}: {
  redis: RedisClient
  prefix: string
  queue: string
  owner: string
}): QuarantineWatch {
  const keys = `${keyPrefix(prefix, queue)}:${queue}`
  const turn = `${keys}:turn`
  return {
    hasWork: async () => {
      const [waiting, active] = await Promise.all([redis.llen(`${keys}:wait`), redis.llen(`${keys}:active`)])
      return waiting + active > 0
    },
    takeTurn: async () => {
      if (await redis.set(turn, owner, 'PX', TURN_MS, 'NX')) return true
      if ((await redis.get(turn)) !== owner) return false
      return (await redis.pexpire(turn, TURN_MS)) === 1
    },
    leaveTurn: async () => {
      if ((await redis.get(turn)) === owner) await redis.del(turn)
    },
  }
}
