import { quarantineOf } from '@stageline/domain'
import { createReviewQueue, createStageQueue, openRedis } from '@stageline/queue'

export type LiveMessage = { id: string; stage: string; steps: readonly (readonly [string, string, number])[] }

/** What the checker asks of Redis. It moves and removes nothing there. */
export type RedisLook = AsyncDisposable & {
  /** Messages that wait or are being worked, in pieces. One that moves meanwhile may be missed or seen twice. */
  liveMessages(stages: readonly string[]): AsyncGenerator<LiveMessage[]>
  /** Ids of the tasks in the manual-review queue. */
  announcedTasks(): Promise<string[]>
  memoryBytes(): Promise<number>
}

/** A stage's own queue, and the one for steps that took their workers down. */
const queuesOf = (stage: string): string[] => [stage, quarantineOf(stage)]

const AT_ONCE = 1_000
const ANSWERS_WITHIN_MS = 5_000

/** @throws Error when Redis does not answer. */
export async function lookAtRedis(url: string, prefix: string): Promise<RedisLook> {
  let last: Error | undefined
  const onError = (error: Error) => void (last = error)
  const redis = openRedis(url, 'worker', 'stageline-check', onError)
  const queue = createStageQueue({ redis, prefix, onError })
  const review = createReviewQueue({ redis, prefix, onError })
  const close = async () => {
    await Promise.all([queue[Symbol.asyncDispose](), review[Symbol.asyncDispose]()])
    redis.disconnect()
  }
  const silent = AbortSignal.timeout(ANSWERS_WITHIN_MS)
  const answered = await Promise.race([
    redis.ping(),
    new Promise<undefined>((resolve) => silent.addEventListener('abort', () => resolve(undefined))),
  ])
  if (answered === undefined) {
    await close()
    throw new Error(`Redis does not answer: ${last?.message ?? 'no word within 5 s'}`)
  }

  const messagesOf = async (stage: string, ids: readonly string[]): Promise<LiveMessage[]> => {
    const read = await Promise.all(ids.map((id) => queue.stepsOf(stage, id)))
    return read.flatMap((message, i) => (message ? [{ id: ids[i]!, stage, steps: message.steps }] : []))
  }

  return {
    liveMessages: async function* (stages) {
      for (const stage of stages.flatMap(queuesOf)) {
        for (const state of ['active', 'wait', 'prioritized'] as const) {
          for (let start = 0; ; start += AT_ONCE) {
            const ids = await queue.queueOf(stage).getRanges([state], start, start + AT_ONCE - 1)
            if (ids.length > 0) yield await messagesOf(stage, ids)
            if (ids.length < AT_ONCE) break
          }
        }
      }
    },
    announcedTasks: () => review.announced(),
    memoryBytes: async () => Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1] ?? 0),
    [Symbol.asyncDispose]: close,
  }
}
