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

/** Sends what a commit has queued. Redis being away changes nothing: repair sends it later. */
export async function sendCommitted(messages: readonly Message[], { queue, observer }: EngineDeps): Promise<void> {
  if (messages.length === 0) return
  try {
    await queue.send(messages)
    observer.count('messages_sent', messages.length)
  } catch (error) {
    observer.count('messages_unsent', messages.length)
    observer.trouble('queue.unavailable', error, { messages: messages.length })
  }
}
