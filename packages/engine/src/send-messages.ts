import { setTimeout as delay } from 'node:timers/promises'
import { codePoints } from './code-points.ts'
import type { Message, Observer, StageQueue } from './ports/index.ts'

type Deps = { queue: Pick<StageQueue, 'send'>; observer: Observer }

/** Who submits waits no longer for a queue that says nothing, ms. */
const SEND_WAIT_MS = 150

/** Sends what a commit has queued. Redis being away changes nothing: repair sends it later. */
export async function sendMessages(messages: readonly Message[], { queue, observer }: Deps): Promise<void> {
  if (messages.length === 0) return
  try {
    await queue.send(messages)
    observer.count('messages_sent', messages.length)
    codePoints.sent.publish({ messages: messages.length })
  } catch (error) {
    observer.count('messages_unsent', messages.length)
    observer.trouble('queue.unavailable', error, { messages: messages.length })
  }
}

/** Resolves when the messages are sent, or after a short while; then the sending goes on by itself. */
export async function beginToSend(messages: readonly Message[], deps: Deps): Promise<void> {
  if (messages.length === 0) return
  const waiting = new AbortController()
  const enough = delay(SEND_WAIT_MS, undefined, { signal: waiting.signal }).catch(() => undefined)
  await Promise.race([sendMessages(messages, deps), enough])
  waiting.abort()
}
