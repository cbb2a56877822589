import { isId, TransientError, withinLimit } from '@stageline/domain'
import type { Message, StageQueue } from '@stageline/engine/ports'
import { Queue } from 'bullmq'
import { Cluster } from 'ioredis'
import { decodeMessage, encodeMessage, MESSAGE_OPTIONS, messageName } from './message-data.ts'
import { inspectRedis, type RedisInspection } from './inspect-redis.ts'
import { keyPrefix, type RedisClient } from './open-redis.ts'
import { probeWrite } from './probe-write.ts'
import { readEpochs } from './read-epoch.ts'
import { RefusalBreaker, takesNoMessages } from './refusal-breaker.ts'
import { outageOf } from './refusal-of.ts'
import { REVIEW_QUEUE } from './review-queue.ts'

export type RedisStageQueue = StageQueue &
  AsyncDisposable & {
    /** The BullMQ queue of a stage, for Bull Board. */
    queueOf(stage: string): Queue
    /** Messages of a stage that a worker would get now: none while the queue is paused or rate limited. */
    fetchable(stage: string): Promise<number>
    /** Why nothing is sent to a stage at present, by stage; empty while all is well. */
    refusals(): ReadonlyMap<string, string>
    /**
     * Whether Redis takes writes, for this process at least.
     * @throws TransientError `queue.unavailable` with the reason
     */
    writable(): Promise<void>
    /** What kind of Redis this is, and whether it is fit to carry messages. */
    inspect(): Promise<RedisInspection>
  }

const SEND_LIMIT_MS = 2_000

/** A queue a stage over one connection; BullMQ queues are opened when their stage is first named. */
export function createStageQueue({
  redis,
  prefix,
  onError,
}: {
  redis: RedisClient
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
  const refusals = () => new Map([...breakers].flatMap(([stage, { reason }]) => (reason ? [[stage, reason]] : [])))
  const breakers = new Map<string, RefusalBreaker>()
  const breakerOf = (stage: string): RefusalBreaker => {
    const breaker = breakers.get(stage) ?? new RefusalBreaker({ probe: () => probeWrite(redis, prefix, stage) })
    breakers.set(stage, breaker)
    return breaker
  }
  return {
    queueOf,
    refusals,
    writable: async () => {
      const [reason] = refusals().values()
      if (reason !== undefined) throw takesNoMessages(reason)
      await ready(redis, prefix, REVIEW_QUEUE)
    },
    inspect: () => inspectRedis(redis),
    ready: (stage) => breakerOf(stage).through(() => ready(redis, prefix, stage)),
    send: async (messages) => {
      const byStage = Map.groupBy(messages, ({ stage }) => stage)
      await Promise.all(
        [...byStage].map(([stage, group]) => breakerOf(stage).through(() => send(queueOf(stage), group))),
      )
    },
    missing: async (messages, closely) => {
      const found = await eachQueue(
        messages.map(({ stage }) => stage),
        (queue) =>
          missing(
            redis,
            prefix,
            queue,
            messages.filter(({ stage }) => stage === queue),
            closely ? queueOf : undefined,
          ),
        onError,
      )
      return new Set([...found.values()].flatMap((gone) => [...gone]))
    },
    isEmpty: (stage) => isEmpty(queueOf(stage)),
    stepsOf: (stage, messageId) => stepsOf(redis, prefix, { stage, id: messageId }),
    epochs: async (stages) => {
      const read = (queues: readonly string[]) => withinLimit(SEND_LIMIT_MS, readEpochs(redis, prefix, queues), 'Redis')
      const readEach = () => eachQueue(stages, async (stage) => (await read([stage])).get(stage)!, onError)
      // One server is asked once; where that fails, it is told of which queue.
      return redis instanceof Cluster ? readEach() : read([...new Set(stages)]).catch(readEach)
    },
    fetchable: (stage) => withinLimit(SEND_LIMIT_MS, fetchable(queueOf(stage)), 'Redis'),
    [Symbol.asyncDispose]: async () => {
      for (const breaker of breakers.values()) breaker[Symbol.dispose]()
      await Promise.all(
        [...queues.values()].map((queue) => withinLimit(SEND_LIMIT_MS, queue.close(), 'Redis').catch(() => undefined)),
      )
    },
  }
}

async function ready(redis: RedisClient, prefix: string, stage: string): Promise<void> {
  try {
    await probeWrite(redis, prefix, stage)
  } catch (cause) {
    throw takesNoMessages(outageOf(cause) ?? 'an unknown error', cause)
  }
}

async function send(queue: Queue, messages: readonly Message[]): Promise<void> {
  const rows = messages.map((message) => ({
    name: messageName(message),
    data: encodeMessage(message),
    opts: { ...MESSAGE_OPTIONS, jobId: message.id },
  }))
  try {
    await withinLimit(SEND_LIMIT_MS, queue.addBulk(rows), 'Redis')
  } catch (error) {
    throw new TransientError('queue.unavailable', `Redis did not take ${rows.length} messages; the record has them`, {
      cause: error,
    })
  }
}

async function fetchable(queue: Queue): Promise<number> {
  const [isPaused, limitedMs, counts] = await Promise.all([
    queue.isPaused(),
    queue.getRateLimitTtl(),
    queue.getJobCounts('waiting', 'prioritized'),
  ])
  if (isPaused || limitedMs > 0) return 0
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

async function isEmpty(queue: Queue): Promise<boolean> {
  const counting = queue.getJobCountByTypes('waiting', 'active', 'prioritized', 'delayed')
  const count = await withinLimit(SEND_LIMIT_MS, counting, 'Redis').catch((cause: unknown) => {
    throw new TransientError('queue.unavailable', 'Redis did not say whether a queue is empty', { cause })
  })
  return count === 0
}

async function stepsOf(
  redis: RedisClient,
  prefix: string,
  { stage, id }: { stage: string; id: string },
): Promise<Message | undefined> {
  if (!isId(id)) return undefined
  const read = redis.hget(`${keyPrefix(prefix, stage)}:${stage}:${id}`, 'data')
  const text = await withinLimit(SEND_LIMIT_MS, read, 'Redis').catch((cause: unknown) => {
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

/**
 * Asks each queue apart, since each may live on another node of a cluster: what those that answer say counts, and the
 * others are told as errors.
 * @throws the first error when none answers.
 */
async function eachQueue<T>(
  stages: readonly string[],
  ask: (stage: string) => Promise<T>,
  onError: (error: Error) => void,
): Promise<Map<string, T>> {
  const answers = new Map<string, T>()
  const errors: Error[] = []
  const asked = [...new Set(stages)].map((stage) =>
    ask(stage).then(
      (answer) => answers.set(stage, answer),
      (error: Error) => errors.push(error),
    ),
  )
  await Promise.all(asked)
  if (errors[0] && answers.size === 0) throw errors[0]
  for (const error of errors) onError(error)
  return answers
}

/** Absent or finished counts as missing; looked at closely, so does a message that is in no live list or set. */
async function missing(
  redis: RedisClient,
  prefix: string,
  stage: string,
  messages: readonly { id: string }[],
  queueOf?: (stage: string) => Queue,
): Promise<Set<string>> {
  const pipeline = redis.pipeline()
  for (const { id } of messages) pipeline.hmget(`${keyPrefix(prefix, stage)}:${stage}:${id}`, 'timestamp', 'finishedOn')
  const answers = (await withinLimit(SEND_LIMIT_MS, pipeline.exec(), 'Redis')) ?? []
  const gone = new Set<string>()
  for (const [i, { id }] of messages.entries()) {
    const [error, fields] = answers[i] ?? []
    if (error) throw error
    const [added, finished] = fields as [string | null, string | null]
    if (added === null || finished !== null) gone.add(id)
  }
  if (queueOf === undefined) return gone
  const there = messages.filter(({ id }) => !gone.has(id))
  return gone.union(await withinLimit(SEND_LIMIT_MS, removeOrphans(redis, prefix, queueOf(stage), there), 'Redis'))
}

/** List entries that Redis may walk past at once: some hundredths of a second. */
const WALKED_AT_ONCE = 1_000_000

/** Where a message lives that will run; waiting for children, as BullMQ also knows it, none of ours does. */
const LISTS = ['wait', 'active', 'paused']
const SETS = ['prioritized', 'delayed']
const PLACES = LISTS.length + SETS.length

/**
 * Messages that have a hash and stand in no live list or set never run: they are removed, since their steps travel again
 * under new ids. Each is sought along the whole list (BullMQ's own look copies the list for that), so of a deep queue only
 * some are looked at: a message in no list matters only when those before it are gone.
 */
async function removeOrphans(
  redis: RedisClient,
  prefix: string,
  queue: Queue,
  messages: readonly { id: string }[],
): Promise<Set<string>> {
  const key = (kind: string) => `${keyPrefix(prefix, queue.name)}:${queue.name}:${kind}`
  const depths = await Promise.all(LISTS.map((list) => redis.llen(key(list))))
  const depth = depths.reduce((sum, length) => sum + length, 1)
  const looked = messages.slice(0, Math.ceil(WALKED_AT_ONCE / depth))
  // At once, so that a message which moves from one list to another is seen in one of them.
  const look = redis.multi()
  for (const { id } of looked) {
    for (const list of LISTS) look.lpos(key(list), id)
    for (const set of SETS) look.zscore(key(set), id)
  }
  const answers = (await look.exec()) ?? []
  const orphans = looked.filter((_, i) => {
    const places = answers.slice(i * PLACES, (i + 1) * PLACES)
    return places.length === PLACES && places.every(([error, at]) => !error && at === null)
  })
  await Promise.all(orphans.map(({ id }) => queue.remove(id)))
  return new Set(orphans.map(({ id }) => id))
}
