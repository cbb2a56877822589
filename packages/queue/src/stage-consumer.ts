import { withinLimit } from '@stageline/domain'
import type { Delivery, DeliveryEnd, Pace } from '@stageline/engine/ports'
import type { Job as BullMessage } from 'bullmq'
import { RateLimitError, UnrecoverableError, Worker } from 'bullmq'
import { decodeMessage } from './message-data.ts'
import { keyPrefix, type RedisClient } from './open-redis.ts'
import { probeWrite } from './probe-write.ts'
import { RefusalBreaker } from './refusal-breaker.ts'
import { refusalOf } from './refusal-of.ts'

export type StageConsumer = {
  start(): void
  /** Local to this process; takes nothing new, what runs goes on. */
  pause(): Promise<void>
  resume(): void
  /** Whether it was paused by its owner. */
  isPaused(): boolean
  /** Why Redis lets it fetch nothing, such as `MISCONF`; undefined while all is well. Ends by itself. */
  refusal(): string | undefined
  /** When a message was last fetched, in ms since the epoch of `performance.now()`. */
  lastFetchedAt(): number
  /** Whether this process works fewer messages than it may. */
  hasRoom(): boolean
  /**
   * Waits for what is in hand, no longer than the limit; then lets go, and what is left comes back as stalled.
   * @returns how many messages are left in hand
   */
  close(limitMs: number): Promise<number>
}

type Options = {
  stage: string
  redis: RedisClient
  prefix: string
  concurrency: number
  /** After this time at the latest others get the messages of a worker that does not renew them. */
  lockMs: number
  name: string
  /** Messages that all consumers of the queue together may take in a time. */
  limit?: Pace | undefined
  execute: (delivery: Delivery) => Promise<DeliveryEnd>
  onError: (error: Error) => void
  onMalformed: (id: string | undefined) => void
}

/** How often BullMQ looks for messages whose lock has ended. */
const SCAN_MS = 1_000

/** A stall is never a failure here: crashes are counted in the record. */
const WORKER_OPTIONS = {
  stalledInterval: SCAN_MS,
  maxStalledCount: 20,
  drainDelay: 2,
  // The default leaves a worker idle for 15 s after an error of its connection.
  runRetryDelay: 1_000,
  autorun: false,
} as const

const CLOSING_MS = 2_000

export function createStageConsumer(options: Options): StageConsumer {
  const { stage, redis, prefix, concurrency, lockMs, name, limit, onError } = options
  let lastFetched = performance.now()
  let inHand = 0
  let onEmpty = () => undefined as void
  let [started, paused] = [false, false]
  const worker = new Worker(
    stage,
    async (message: BullMessage) => {
      lastFetched = performance.now()
      inHand += 1
      try {
        return await work(message, options)
      } finally {
        inHand -= 1
        if (inHand === 0) onEmpty()
      }
    },
    {
      ...WORKER_OPTIONS,
      connection: redis,
      prefix: keyPrefix(prefix, stage),
      concurrency,
      // So that it is over, and found, by then (ADR 10).
      lockDuration: lockMs - SCAN_MS,
      name,
      skipVersionCheck: true,
      ...(limit ? { limiter: { max: limit.max, duration: limit.perMs } } : {}),
    },
  )
  // BullMQ tries again at once and for ever what Redis refuses: thousands of errors a second, and a whole core.
  const breaker = new RefusalBreaker({
    probe: () => probeWrite(redis, prefix, stage),
    reasonOf: refusalOf,
    onOpen: () => void worker.pause(true),
    onClose: () => {
      if (started && !paused) void worker.resume()
    },
  })
  worker.on('error', (error) => {
    breaker.note(error)
    onError(error)
  })
  return {
    start: () => {
      started = true
      if (!paused) void worker.run().catch(onError)
    },
    pause: () => {
      paused = true
      return worker.pause(true)
    },
    resume: () => {
      paused = false
      if (started && breaker.reason === undefined) void worker.resume()
    },
    isPaused: () => paused,
    refusal: () => breaker.reason,
    lastFetchedAt: () => lastFetched,
    hasRoom: () => inHand < concurrency,
    close: async (limitMs) => {
      breaker[Symbol.dispose]()
      const closed = worker.close().catch(onError)
      const empty = inHand === 0 ? Promise.resolve() : new Promise<void>((resolve) => (onEmpty = resolve))
      await withinLimit(limitMs, empty, 'Redis').catch(() => undefined)
      // Telling Redis that the last one is done; one that hangs is not waited for: the record has the outcome.
      await withinLimit(CLOSING_MS, closed, 'Redis').catch(() => undefined)
      return inHand
    },
  }
}

/**
 * Resolves after all outcomes are recorded. Throws to show in Bull Board that steps of the bundle failed: counts and
 * codes, never contents; and to put the message back to where it was, which counts as nothing.
 */
async function work(message: BullMessage, { stage, execute, onMalformed }: Options): Promise<string> {
  const decoded = decodeMessage(message.id, stage, message.data)
  if (!decoded) {
    onMalformed(message.id)
    throw new UnrecoverableError('malformed message: nothing was changed')
  }
  const end = await execute({ message: decoded, redelivered: message.stalledCounter > 0 })
  if (end === 'held') throw new RateLimitError()
  const { steps, failed, codes } = end
  if (failed > 0) throw new UnrecoverableError(`${failed} of ${steps} failed: ${codes.join(', ')}`)
  return codes.length > 0 ? `${steps} steps: ${codes.join(', ')}` : `${steps} steps`
}
