import { randomUUID } from 'node:crypto'
import { keyPrefix, type RedisClient } from './open-redis.ts'

/**
 * Which life of Redis queues are in: the run of the server that holds them, its replication history, and a key of ours for
 * each that a flush takes away. Any change means that messages of this queue may be lost. One pipeline, so that all of it
 * comes from the same node; so all must be on one, and in a cluster each is asked about alone.
 */
export async function readEpochs(
  redis: RedisClient,
  prefix: string,
  queues: readonly string[],
): Promise<Map<string, string>> {
  const pipeline = redis.pipeline()
  for (const queue of queues) {
    const key = `${keyPrefix(prefix, queue)}:epoch`
    pipeline.set(key, randomUUID(), 'NX').get(key)
  }
  const answers = (await pipeline.info('server').info('replication').exec()) ?? []
  const told = answers.map(([error, answer]) => {
    if (error) throw error
    return String(answer)
  })
  const [server, replication] = told.slice(-2)
  const life = [field(server, 'run_id'), field(replication, 'master_replid')]
  return new Map(queues.map((queue, i) => [queue, [...life, told[2 * i + 1]].join('/')]))
}

const field = (text = '', name: string): string => new RegExp(`^${name}:(.*)$`, 'm').exec(text)?.[1]?.trim() ?? ''
