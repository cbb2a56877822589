import { randomUUID } from 'node:crypto'
import { keyPrefix, type RedisClient } from './open-redis.ts'

/**
 * Which life of Redis a queue is in: the run of the server that holds it, its replication history, and a key of ours that
 * a flush takes away. Any change means that messages of this queue may be lost. One pipeline, so that all of it comes
 * from the same node of a cluster.
 */
export async function readEpoch(redis: RedisClient, prefix: string, queue: string): Promise<string> {
  const key = `${keyPrefix(prefix, queue)}:epoch`
  const answers = await redis.pipeline().set(key, randomUUID(), 'NX').get(key).info('server').info('replication').exec()
  const [, ours, server, replication] = (answers ?? []).map(([error, answer]) => {
    if (error) throw error
    return String(answer)
  })
  return [field(server, 'run_id'), field(replication, 'master_replid'), ours].join('/')
}

const field = (text = '', name: string): string => new RegExp(`^${name}:(.*)$`, 'm').exec(text)?.[1]?.trim() ?? ''
