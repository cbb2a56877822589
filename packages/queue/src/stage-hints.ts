import type { StageHints } from '@stageline/engine/ports'
import type { RedisClient } from './open-redis.ts'

type Options = {
  redis: RedisClient
  prefix: string
  onError: (error: Error) => void
  /** A connection that listens can do nothing else. */
  open: () => RedisClient
}

const channelOf = (prefix: string, stage: string): string => `{${prefix}}:stage:${stage}`

/** Hints over Redis pub/sub, which keeps nothing: who is not listening misses them. They carry no content to be trusted. */
export function createStageHints({ redis, prefix, onError, open }: Options): StageHints {
  return {
    tell: (stage) => void redis.publish(channelOf(prefix, stage), '').catch(onError),
    listen: (stage, onHint) => {
      const listener = open()
      listener.on('message', onHint)
      // After an outage it subscribes again by itself.
      listener.subscribe(channelOf(prefix, stage)).catch(onError)
      return { [Symbol.asyncDispose]: async () => listener.disconnect() }
    },
  }
}
