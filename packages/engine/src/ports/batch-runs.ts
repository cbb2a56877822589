import type { RecordMapping, Route, SourceDefinition, SourceOrigin, TableCharset } from '@stageline/domain'
import type { LeaseQueue, RunFailure } from './lease-queue.ts'

/** Sources as rows. Every call is for one tenant. */
export interface SourceStore {
  /**
   * `ifVersion` guards against a change in between: 0 means that there must be none yet. Where the mark column becomes
   * another one, the mark is forgotten.
   */
  put(
    tenantId: string,
    definition: SourceDefinition,
    actor: string,
    ifVersion: number | null,
  ): Promise<{ version: number } | 'conflict'>
  get(tenantId: string, key: string): Promise<SourceView | undefined>
  /** In the order of their keys. */
  list(tenantId: string): Promise<SourceView[]>
  remove(tenantId: string, key: string, ifVersion: number | null): Promise<'removed' | 'unknown' | 'conflict'>
}

export type SourceView = {
  definition: SourceDefinition
  version: number
  /** Up to here its records were taken by runs that take only new ones. */
  mark: string | null
  markAt: string | null
  createdAt: string
  updatedAt: string
  updatedBy: string
}

export const RUN_STATES = ['waiting', 'reading', 'completed', 'failed', 'stopped'] as const
/** `waiting`: for an orchestrator, or for the time of its next try; the last three are final. */
export type RunState = (typeof RUN_STATES)[number]

/** A file that was uploaded to be read once. */
export type UploadOrigin = { kind: 'upload'; key: string; charset?: TableCharset | undefined }

export type RunRequest = {
  workflow: string
  /** So many jobs at most. */
  limit: number | null
  /** Values of columns, compared as text. */
  filter: { minPriority?: number | undefined; equals?: Readonly<Record<string, string | number | boolean>> | undefined }
  force: Route | null
  /** Only what is beyond the mark of the source, which is moved on. */
  onlyNew: boolean
  /** Says what would come of it, and submits nothing. */
  dryRun: boolean
}

export type NewRun = {
  /** Of the batch, too. */
  id: string
  name: string | null
  /** Key of the source; null for a file. */
  source: string | null
  origin: SourceOrigin | UploadOrigin
  columns: RecordMapping
  request: RunRequest
  /** Only for whoever asks now: there is no batch of it, and it is soon forgotten. */
  preview: boolean
  actor: string
}

export type RunFault = { position: string; detail: string }

/** What a dry run would submit. */
export type RunSample = {
  position: string
  businessKey: string | null
  priority: number | null
  input: unknown
  /** Where the policy sends it; null where the workflow has none at intake. */
  route: Route | null
  rule: string | null
  problems: readonly { pointer: string; detail: string }[]
}

export type RunProgress = {
  /** Each record that is read is submitted, skipped (filters, or a key that came before) or refused. */
  read: number
  submitted: number
  skipped: number
  refused: number
  /** The first of those that were refused. */
  faults: readonly RunFault[]
  /** Of a dry run: the first records, and how many would go where. */
  sample: readonly RunSample[]
  routes: Partial<Record<Route, number>>
  /** Up to here, and with these keys at the mark itself, records are done with. */
  mark: string | null
  markKeys: readonly string[]
}

export type RunView = Omit<NewRun, 'origin' | 'columns'> & {
  state: RunState
  progress: RunProgress
  /** Why it failed, or why its last try did. */
  error: RunFailure | null
  /** Failed tries since it last got on. */
  tries: number
  nextTryAt: string | null
  createdAt: string
  updatedAt: string
  finishedAt: string | null
}

export type RunKey = { key: string; fingerprint: string }

/** Runs as they are asked for and looked at. Every call is for one tenant. */
export interface BatchRuns {
  /** `busy`: another run that takes the new records of the source is under way. */
  begin(
    tenantId: string,
    run: NewRun,
    idempotency: RunKey | null,
  ): Promise<{ kind: 'begun' | 'replayed' | 'other_body'; id: string } | { kind: 'busy' }>
  get(tenantId: string, id: string): Promise<RunView | undefined>
  /** Ends it where it stands; what it has submitted stays. False where there is none that goes on. */
  stop(tenantId: string, id: string): Promise<boolean>
}

export type TakenRun = NewRun & { tenantId: string; progress: RunProgress; tries: number }

/** Runs as orchestrators work on them. */
export interface RunQueue extends LeaseQueue<TakenRun, RunProgress> {
  /** Previews first; `onlyPreview`: nothing else. */
  take(owner: string, leaseMs: number, onlyPreview?: boolean): Promise<TakenRun | undefined>
}
