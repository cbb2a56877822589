import type { StageHints } from '@stageline/engine/ports'
import type { RedisClient } from './open-redis.ts'

type Options = {
  redis: RedisClient
  /** A connection of its own: one that listens can do nothing else. It subscribes again by itself whenever it is back. */
  openListener: () => RedisClient
  prefix: string
  onError: (error: Error) => void
}

const channelOf = (prefix: string, stage: string): string => `{${prefix}}:stage:${stage}`

/** Hints over Redis pub/sub, which keeps nothing: who is not listening misses them. They carry no content to be trusted. */
export function createStageHints({ redis, openListener, prefix, onError }: Options): StageHints {
  return {
    tell: (stage, jobId = '') => void redis.publish(channelOf(prefix, stage), jobId).catch(onError),
    listen: (stage, onHint) => {
      const listener = openListener()
      listener.on('message', (_channel: string, jobId: string) => onHint(jobId === '' ? undefined : jobId))
      listener.subscribe(channelOf(prefix, stage)).catch(onError)
      return { [Symbol.dispose]: () => listener.disconnect() }
    },
  }
}
