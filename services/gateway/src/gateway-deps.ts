import type {
  ActOutcome,
  BacklogFull,
  Happening,
  Replayed,
  ReplayRequest,
  ResolveOutcome,
  ResolveRequest,
  Submitted,
  SubmitRequest,
} from '@stageline/engine'
import type {
  AlertBook,
  ApiKeys,
  BatchRuns,
  BlobStore,
  BulkActions,
  CatalogRecord,
  Figures,
  RecordReader,
  RecordWriter,
  SlaBook,
  SourceStore,
  StageQueue,
  TaskDesk,
  TriggerStore,
  WebhookStore,
  WorkflowCatalog,
} from '@stageline/engine/ports'
import type { ImportDesk } from '@stageline/runtime'
import type { RequestHandler } from 'express'

/** Everything that the gateway needs of the rest of the system, handed in whole by `main.ts` or by a test. */
export type GatewayDeps = {
  engine: Engine
  reader: RecordReader
  writer: RecordWriter
  desk: TaskDesk
  sla: SlaBook
  figures: Figures
  workflows: WorkflowCatalog
  apiKeys: ApiKeys
  blobs: BlobStore
  catalog: CatalogRecord
  /** Where files for the catalogue are worked on. */
  imports: ImportDesk
  sources: SourceStore
  /** Batches that are read from sources. */
  runs: BatchRuns
  triggers: TriggerStore
  alerts: AlertBook
  webhooks: WebhookStore
  /** @throws DataError for an address that may not be called */
  checkTarget: (url: string) => Promise<void>
  /** What is done to many jobs at once. */
  bulk: BulkActions
  /** Tells the type of a file by its first 4 kB. */
  sniffType: SniffType
  acceptedMediaTypes: readonly string[]
  /** Bull Board, read-only; absent where the queue is not reachable from this process. */
  board?: RequestHandler
  /** What a message of a queue carries; absent where the queue is not reachable from this process. */
  stepsOf?: StageQueue['stepsOf']
  metrics?: RequestHandler
  /** A span and a measurement for each request. */
  telemetry?: RequestHandler
  /** Whether the start is over, whether this process lives, and whether every part that it needs answers within a short time. */
  health: { started(): HealthAnswer; live(): HealthAnswer; ready(): Promise<HealthAnswer> }
  /** W3C `traceparent` of the span that serves the current request, where tracing is on. */
  traceparent?: () => string | undefined
  log: GatewayLog
  /** The clock of the record: a process's own may be wrong. */
  now: () => Date
  /** False while it is not known yet whether strangers may be answered. Default: they may. */
  isOpen?: () => boolean
  /** True while requests wait so long, or so many, that one more would only hold up the others. Default: never. */
  isBusy?: () => boolean
  /** Aborts when the process is asked to stop: streams end at once, so that nothing holds it. */
  stopping?: AbortSignal
  settings: GatewaySettings
}

export type GatewaySettings = {
  /** Whose rows a request without a key sees while there are no keys at all. */
  localTenantId: string
  /** Host names (without port) that browsers may use besides the loopback names. */
  allowedHosts: readonly string[]
  maxDocumentBytes: number
  maxImportBytes: number
  /** Keeps browser sessions readable for this process and its siblings: at least 32 characters. */
  sessionSecret: string
  sessionMs: number
  /** A proxy before this process says how and by whom it was asked. */
  trustProxy: boolean
  /** Streams of `/v1/events` that one tenant may hold open at a time. */
  maxStreamsPerTenant: number
  /** How long the one who reads the record for all streams of a tenant waits before it asks for news. */
  eventPollMs: number
  heartbeatMs: number
}

export type HealthAnswer = { status: number; body: unknown }

export type SniffType = (
  head: Uint8Array,
  fileName?: string,
) => Promise<{ mediaType: string; hint?: string } | { mediaType: undefined; code: string }>

export type GatewayLog = {
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}

/** The functions of `packages/engine` that change jobs, with their own dependencies already given. */
export type Engine = {
  submitJobs(requests: readonly SubmitRequest[]): Promise<Submitted[]>
  /** Why not one job more would be taken in; undefined while there is room. */
  backlogFull(tenantId: string): Promise<BacklogFull | undefined>
  act(job: { tenantId: string; jobId: string }, happening: PersonsHappening): Promise<ActOutcome>
  replayJob(request: ReplayRequest): Promise<Replayed>
  resolveTask(request: ResolveRequest): Promise<ResolveOutcome>
}

export type PersonsHappening = Extract<Happening, { kind: 'cancelled' | 'suspended' | 'retried' | 'advanced' }>
