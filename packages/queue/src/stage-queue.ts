import { isId, TransientError } from '@stageline/domain'
import type { Message, StageQueue } from '@stageline/engine/ports'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { randomUUID } from 'node:crypto'
import { decodeMessage, encodeMessage, MESSAGE_OPTIONS, messageName } from './message-data.ts'
import { keyPrefix } from './open-redis.ts'
import { withinLimit } from './within-limit.ts'

export type RedisStageQueue = StageQueue &
  AsyncDisposable & {
    /** The BullMQ queue of a stage, for Bull Board. */
    queueOf(stage: string): Queue
    ping(): Promise<void>
  }

const SEND_LIMIT_MS = 2_000

/** A queue a stage over one connection; BullMQ queues are opened when their stage is first named. */
export function createStageQueue({
  redis,
  prefix,
  onError,
}: {
  redis: Redis
  prefix: string
  onError: (error: Error) => void
}): RedisStageQueue {
  const queues = new Map<string, Queue>()
  const queueOf = (stage: string): Queue => {
    const known = queues.get(stage)
    if (known) return known
    const queue = new Queue(stage, {
      connection: redis,
      prefix: keyPrefix(prefix, stage),
      skipVersionCheck: true,
      skipWaitingForReady: true,
    })
    queue.on('error', onError)
    queues.set(stage, queue)
    return queue
  }
  return {
    queueOf,
    send: async (messages) => {
      const byStage = Map.groupBy(messages, ({ stage }) => stage)
      await Promise.all([...byStage].map(([stage, group]) => send(queueOf(stage), group)))
    },
    missing: async (messages, closely) => missing(redis, prefix, messages, closely ? queueOf : undefined),
    stepsOf: (stage, messageId) => stepsOf(redis, prefix, { stage, id: messageId }),
    epoch: () => readEpoch(redis, `{${prefix}}:epoch`),
    ping: async () => void (await withinLimit(redis.ping(), SEND_LIMIT_MS)),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(
        [...queues.values()].map((queue) => withinLimit(queue.close(), SEND_LIMIT_MS).catch(() => undefined)),
      )
    },
  }
}

async function send(queue: Queue, messages: readonly Message[]): Promise<void> {
  const rows = messages.map((message) => ({
    name: messageName(message),
    data: encodeMessage(message),
    opts: { ...MESSAGE_OPTIONS, jobId: message.id },
  }))
  try {
    await withinLimit(queue.addBulk(rows), SEND_LIMIT_MS)
  } catch (error) {
    throw new TransientError('queue.unavailable', `Redis did not take ${rows.length} messages; the record has them`, {
      cause: error,
    })
  }
}

async function stepsOf(
  redis: Redis,
  prefix: string,
  { stage, id }: { stage: string; id: string },
): Promise<Message | undefined> {
  if (!isId(id)) return undefined
  const read = redis.hget(`${keyPrefix(prefix, stage)}:${stage}:${id}`, 'data')
  const text = await withinLimit(read, SEND_LIMIT_MS).catch((cause: unknown) => {
    throw new TransientError('queue.unavailable', 'Redis did not say what a message carries', { cause })
  })
  return text === null ? undefined : decodeMessage(id, stage, parsedOrNothing(text))
}

/** What stands in Redis is not trusted, not even to be JSON. */
function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Absent or finished counts as missing; looked at closely, so does a message that is in no live list or set. */
async function missing(
  redis: Redis,
  prefix: string,
  messages: readonly { stage: string; id: string }[],
  queueOf?: (stage: string) => Queue,
): Promise<Set<string>> {
  const pipeline = redis.pipeline()
  for (const { stage, id } of messages)
    pipeline.hmget(`${keyPrefix(prefix, stage)}:${stage}:${id}`, 'timestamp', 'finishedOn')
  const answers = (await pipeline.exec()) ?? []
  const gone = new Set<string>()
  for (const [i, { stage, id }] of messages.entries()) {
    const [error, fields] = answers[i] ?? []
    if (error) throw error
    const [added, finished] = fields as [string | null, string | null]
    if (added === null || finished !== null) gone.add(id)
    else if (queueOf && (await isOrphan(queueOf(stage), id))) gone.add(id)
  }
  return gone
}

const LIVE = new Set(['waiting', 'active', 'prioritized', 'delayed', 'waiting-children'])

/** A hash without its list entry never runs; it is removed, since the step travels again under a new id. */
async function isOrphan(queue: Queue, id: string): Promise<boolean> {
  if (LIVE.has(await queue.getJobState(id))) return false
  await queue.remove(id)
  return true
}

/**
 * Which life of Redis this is: its run, its replication history, and a key of ours that a flush takes away. Any change
 * means that messages may be lost.
 */
async function readEpoch(redis: Redis, key: string): Promise<string> {
  await redis.set(key, randomUUID(), 'NX')
  const [ours, server, replication] = await Promise.all([
    redis.get(key),
    redis.info('server'),
    redis.info('replication'),
  ])
  const field = (text: string, name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(text)?.[1]?.trim() ?? ''
  return [field(server, 'run_id'), field(replication, 'master_replid'), ours].join('/')
}
