import { setTimeout as delay } from 'node:timers/promises'
import type { JobStore, Observer, RecordReader, RecordWriter, WorkflowCatalog } from './ports/index.ts'
import type { Change, Recorded } from './recorder.ts'
import type { Message, StageQueue } from './ports/index.ts'

/** What the engine's public functions work with; a process makes one of these at its start. */
export type EngineDeps = {
  store: JobStore
  workflows: WorkflowCatalog
  queue: Pick<StageQueue, 'send'>
  record: (change: Change) => Promise<Recorded>
  reader: Pick<RecordReader, 'task' | 'stages'>
  writer: Pick<RecordWriter, 'noteVerdict'>
  observer: Observer
  bundleOf: (stage: string) => number
}

/** Who submits waits no longer for a queue that says nothing, ms. */
const SEND_WAIT_MS = 150

/**
 * Sends what a commit has queued. Redis being away changes nothing: repair sends it later. Resolves when the messages are
 * sent, or after a short while; then the sending goes on by itself.
 */
export async function sendCommitted(messages: readonly Message[], deps: EngineDeps): Promise<void> {
  if (messages.length === 0) return
  const waiting = new AbortController()
  const enough = delay(SEND_WAIT_MS, undefined, { signal: waiting.signal }).catch(() => undefined)
  await Promise.race([send(messages, deps), enough])
  waiting.abort()
}

async function send(messages: readonly Message[], { queue, observer }: EngineDeps): Promise<void> {
  try {
    await queue.send(messages)
    observer.count('messages_sent', messages.length)
  } catch (error) {
    observer.count('messages_unsent', messages.length)
    observer.trouble('queue.unavailable', error, { messages: messages.length })
  }
}
