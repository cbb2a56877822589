import type { JobStore, Observer, RecordReader, StageQueue, WorkflowCatalog } from './ports/index.ts'
import type { Change, Recorded } from './recorder.ts'

/** What the engine's public functions work with; a process makes one of these at its start. */
export type EngineDeps = {
  store: JobStore
  workflows: WorkflowCatalog
  queue: Pick<StageQueue, 'send'>
  record: (change: Change) => Promise<Recorded>
  reader: Pick<RecordReader, 'task' | 'submitter' | 'stages'>
  observer: Observer
  bundleOf: (stage: string) => number
}
