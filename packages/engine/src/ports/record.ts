import type {
  HistoryEntry,
  Job,
  JobState,
  PastDecision,
  Policy,
  Correction,
  PriorityLevel,
  TaskState,
  VerifiedOutcome,
  WorkflowDefinition,
} from '@stageline/domain'
import type { BreakerState, Pace } from './stage-registry.ts'

/**
 * What people and programs read of the record: the gateway's side of the store. Every call is for one tenant and sees
 * no other's rows. Lists are pages by an opaque cursor, newest first, stable while rows are added.
 */
export interface RecordReader {
  job(tenantId: string, jobId: string): Promise<JobView | undefined>
  jobs(tenantId: string, filter: JobFilter, page: PageRequest): Promise<Page<JobRow>>
  history(tenantId: string, jobId: string): Promise<HistoryEntry[]>
  input(tenantId: string, jobId: string): Promise<unknown>
  /** Output by step key, and the result; `steps` of the job say which exist. */
  outputs(tenantId: string, jobId: string): Promise<{ outputs: Record<string, unknown>; result: unknown }>
  batch(tenantId: string, batchId: string): Promise<BatchView | undefined>
  batches(tenantId: string, page: PageRequest): Promise<Page<BatchView>>
  task(tenantId: string, taskId: string): Promise<TaskView | undefined>
  /** Who submitted a job. */
  submitter(tenantId: string, jobId: string): Promise<string | undefined>
  tasks(tenantId: string, filter: TaskFilter, page: PageRequest): Promise<Page<TaskView>>
  workflows(tenantId: string): Promise<WorkflowView[]>
  workflow(tenantId: string, key: string, version?: number): Promise<WorkflowView | undefined>
  stages(tenantId: string): Promise<StageView[]>
  /** What people found of a workflow's outputs that a policy gave them or drew for them; the newest 10,000. */
  verifiedOutcomes(tenantId: string, workflow: string): Promise<VerifiedOutcome[]>
  /**
   * Recorded decisions, the newest job first, and what became of them. Looks at `scan` rows, of which only those that fit
   * are told; `after` is `next` of the page before.
   */
  pastDecisions(
    tenantId: string,
    filter: DecisionFilter,
    page: { after: string | null; scan: number },
  ): Promise<DecisionPage>
  settings(tenantId: string): Promise<TenantSettings>
  /** Every policy in its newest version. */
  policies(tenantId: string): Promise<PolicyView[]>
  policy(tenantId: string, name: string, version?: number): Promise<PolicyView | undefined>
  /** Counts of jobs by state and of steps by stage and state; never a scan of jobs. */
  counts(tenantId: string): Promise<Counts>
  /** Entries after the cursor in the order of their commits, only what no running transaction can still precede. */
  events(tenantId: string, after: string | null, limit: number): Promise<{ events: EventView[]; cursor: string }>
  /** The cursor behind everything that has happened and before everything that is yet to be seen. */
  presentCursor(tenantId: string): Promise<string>
  /** Of two cursors of events: below 0 where the first comes before the other, 0 where they are the same place. */
  compareCursors(one: string, other: string): number
}

/** What the gateway changes besides jobs themselves. */
export interface RecordWriter {
  createBatch(tenantId: string, batch: { id: string; name: string | null; actor: string }): Promise<void>
  /** A new version. `ifVersion` guards against a change in between: 0 means that there must be none yet. */
  saveWorkflow(
    tenantId: string,
    definition: WorkflowDefinition,
    actor: string,
    ifVersion: number | null,
  ): Promise<{ version: number } | 'conflict'>
  /** `unknown_zone` where the database does not know the time zone. */
  saveSettings(tenantId: string, settings: TenantSettings): Promise<'saved' | 'unknown_zone'>
  /** Stores a version that follows the newest one; `conflict` when that is another by now. */
  savePolicy(tenantId: string, policy: Policy, actor: string): Promise<'saved' | 'conflict'>
  /**
   * Pauses or resumes a stage, or all of them (`null`). A resume also ends a limit and closes the breaker, whatever it waits for.
   * @returns the stages after the change; none where there is no such stage
   */
  setStagePaused(
    stage: string | null,
    pause: { paused: boolean; actor: string; reason: string | null; until?: string | null },
  ): Promise<StageView[]>
  /** Makes queued and retrying steps of a stage due now. Returns how many jobs. */
  triggerStage(tenantId: string, stage: string): Promise<number>
}

/** Who asks: found by the hash of the key that came with the request. */
export interface ApiKeys {
  find(sha256: string): Promise<{ id: string; tenantId: string; name: string } | undefined>
  /** True when at least one key exists: then every request needs one. */
  any(): Promise<boolean>
}

export type PageRequest = { cursor?: string; limit: number }
export type Page<Row> = { items: Row[]; next: string | null }

export type JobFilter = {
  state?: readonly JobState[]
  stage?: string
  workflow?: string
  batchId?: string
  businessKey?: string
  tag?: string
  /** Key of the source that it was read from. */
  source?: string
  priority?: PriorityLevel
  /** Of its last failure. */
  errorCode?: string
  ids?: readonly string[]
  createdAfter?: Date
  createdBefore?: Date
}

export type JobRow = {
  id: string
  workflow: string
  version: number
  state: JobState
  stage: string | null
  priority: number
  businessKey: string | null
  tags: string[]
  batchId: string | null
  origin: string
  actor: string
  replayOf: string | null
  createdAt: string
  updatedAt: string
  finishedAt: string | null
}

export type JobView = JobRow & {
  job: Job
  /** When it was read, by the clock of the record. */
  readAt: string
  definition: WorkflowDefinition
  lastError: { code: string; message: string; kind: string; step: string; at: string } | null
  decisions: { step: string | null; decision: unknown; at: string }[]
  openTasks: string[]
  /** When it left the record for an archive, from which it is read; null as long as it is there. */
  archivedAt: string | null
}

export type BatchView = {
  id: string
  name: string | null
  actor: string
  createdAt: string
  total: number
  byState: Partial<Record<JobState, number>>
}

export type TaskFilter = {
  state?: readonly TaskState[]
  type?: string
  jobId?: string
  /** Only those about jobs of a batch. */
  batchId?: string
  /** Only those that automation gave up, or only the others. */
  fallback?: boolean
  assignee?: string
  group?: string
  serviceArea?: string
  planId?: string
  priority?: PriorityLevel
  dueBefore?: Date
  /** Only those that sleep, or only those that do not. */
  snoozed?: boolean
  /** `newest` first unless said otherwise; `priority`: the most urgent first, of equals the oldest. */
  sort?: 'newest' | 'priority'
}

export type TaskView = {
  id: string
  /** What it is about, if it is about a job. */
  jobId: string | null
  workflow: string | null
  /** The step that waits for its verdict; null where nothing waits. */
  step: string | null
  type: string
  cause: string
  title: string
  description: string | null
  serviceArea: string | null
  state: TaskState
  /** 0 to 1; see `priorityLevel`. */
  priority: number
  evidence: Record<string, unknown>
  dueAt: string | null
  /** Who is to do it, and until when they hold it; without a lease it is theirs, but held from nobody. */
  assignee: string | null
  leaseUntil: string | null
  group: string | null
  snoozedUntil: string | null
  blockedReason: string | null
  planId: string | null
  createdBy: string
  createdAt: string
  completedAt: string | null
  verdict: string | null
  verdictBy: string | null
  verdictReason: string | null
  corrections: Correction[]
}

export type WorkflowView = {
  key: string
  version: number
  versions: number[]
  definition: WorkflowDefinition
  createdAt: string
  createdBy: string
}

export type DecisionFilter = { policy?: string; workflow?: string; createdAfter?: Date; createdBefore: Date }
export type DecisionPage = { items: PastDecision[]; scanned: number; next: string | null }

/** What a tenant has chosen for itself. */
export type TenantSettings = {
  /** Where its days begin at midnight: a name of the IANA database. */
  timeZone: string
}

export type PolicyView = {
  policy: Policy
  /** Numbers of all its versions. */
  versions: number[]
  createdAt: string
  createdBy: string
}

export type StageView = {
  stage: string
  paused: boolean
  pausedBy: string | null
  pauseReason: string | null
  pausedAt: string | null
  /** When the pause ends by itself. */
  pausedUntil: string | null
  /** The pace that its workers keep together. */
  limit: Pace | null
  /** The other side asked for a rest. */
  limited: { until: string; by: string; code: string; reason: string } | null
  breaker: BreakerView
  /** JSON Schema of what the stage takes and gives, published by its workers at their start. */
  inputSchema: unknown
  outputSchema: unknown
  bundle: number
  /** Workers that reported within 30 s. */
  workers: { id: string; host: string; version: string; startedAt: string; seenAt: string }[]
}

/** `since`, `by`, `code` and `reason` are of the last time that it opened or closed. */
export type BreakerView = {
  state: BreakerState
  since: string | null
  by: string | null
  code: string | null
  reason: string | null
  /** How often it has opened since it was last closed. */
  times: number
  nextProbeAt: string | null
  probeBy: string | null
  probeUntil: string | null
}

export type Counts = {
  jobs: Partial<Record<JobState, number>>
  steps: Record<string, Record<string, number>>
}

export type EventView = {
  /** Where to go on from: `Last-Event-ID`. */
  cursor: string
  jobId: string
  workflow: string
  /** Of the request that submitted the job. */
  traceparent: string | null
  /** That its sender gave it. */
  correlationId: string | null
  batchId: string | null
  entry: HistoryEntry
}
