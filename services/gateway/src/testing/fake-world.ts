import { createHash } from 'node:crypto'
import {
  BUILT_IN_POLICIES,
  BUILT_IN_WORKFLOWS,
  compileWorkflow,
  DataError,
  isFinalJob,
  newId,
  WorkflowDefinition,
  type BlobRef,
  type HistoryEntry,
  type PastDecision,
  type Policy,
} from '@stageline/domain'
import type { SubmitRequest } from '@stageline/engine'
import { MemoryBatchRuns, type MemoryBulkActions } from '@stageline/engine/testing'
import { fakeBulk } from './fake-bulk.ts'
import type { FakeCatalog } from './fake-catalog.ts'
import type {
  BatchView,
  EventView,
  JobView,
  PolicyView,
  StageView,
  TaskView,
  WorkflowView,
} from '@stageline/engine/ports'
import { MemorySlaBook, MemoryTaskDesk, MemoryTriggers, MemoryWebhooks, UNTOUCHED } from '@stageline/engine/testing'

/** What the fakes remember: a record of one tenant's rows without rules of its own. */
export type FakeWorld = {
  jobs: Map<string, JobView & { tenantId: string }>
  inputs: Map<string, unknown>
  outputs: Map<string, { outputs: Record<string, unknown>; result: unknown }>
  histories: Map<string, HistoryEntry[]>
  batches: Map<string, BatchView>
  tasks: Map<string, TaskView>
  desk: MemoryTaskDesk
  sla: MemorySlaBook
  triggers: MemoryTriggers
  webhooks: MemoryWebhooks
  workflows: Map<string, WorkflowView>
  /** Versions of each policy, the first one first. */
  policies: Map<string, Policy[]>
  timeZone: string
  /** Newest first. */
  pastDecisions: PastDecision[]
  stages: Map<string, StageView>
  blobs: Map<string, Uint8Array>
  catalog: FakeCatalog
  runs: MemoryBatchRuns
  bulk: MemoryBulkActions
  keys: Map<string, { id: string; tenantId: string; name: string }>
  idempotency: Map<string, { jobId: string; fingerprint: string }>
  events: EventView[]
  /** How often the present was asked for: how many streams have begun. */
  openStreams: number
  /** Parts that do not answer. */
  failing: string[]
  submitted: SubmitRequest[]
  /** Files that are arriving. */
  openWrites: number
  logged: { level: string; fields: Record<string, unknown> }[]
  /** Open jobs that there is room for. */
  room: number
  /** Makes the next submissions fail as the store would. */
  storeFault: Error | undefined
  now: Date
}

export const TENANT = '019a0000-0000-7000-8000-000000000001'

export function createWorld(): FakeWorld {
  const world = {
    jobs: new Map(),
    inputs: new Map(),
    outputs: new Map(),
    histories: new Map(),
    batches: new Map(),
    tasks: new Map(),
    workflows: new Map(BUILT_IN_WORKFLOWS.map((input) => [input.key, workflowView(WorkflowDefinition.parse(input))])),
    policies: new Map(BUILT_IN_POLICIES.map((policy) => [policy.name, [policy]])),
    timeZone: 'UTC',
    pastDecisions: [],
    stages: new Map(
      ['classification', 'extraction', 'enrichment', 'scoring'].map((stage) => [stage, stageView(stage)]),
    ),
    blobs: new Map(),
    runs: new MemoryBatchRuns(),
    catalog: { items: new Map(), imports: new Map() },
    keys: new Map(),
    idempotency: new Map(),
    events: [],
    room: Number.POSITIVE_INFINITY,
    openStreams: 0,
    failing: [],
    submitted: [],
    openWrites: 0,
    logged: [],
    storeFault: undefined,
    now: new Date('2026-11-20T12:00:00.000Z'),
  } satisfies Omit<FakeWorld, 'bulk' | 'desk' | 'sla' | 'triggers' | 'webhooks'>
  const { tasks, jobs } = world
  const desk = new MemoryTaskDesk({ tasks, now: () => world.now, hasJob: (id) => jobs.has(id) })
  return Object.assign(world, {
    desk,
    sla: new MemorySlaBook(() => world.now),
    triggers: new MemoryTriggers(() => world.now),
    webhooks: new MemoryWebhooks(() => world.now),
    bulk: fakeBulk(world),
  })
}

export function addJob(
  world: FakeWorld,
  about: Partial<JobView> & { tenantId?: string; input?: unknown } = {},
): JobView {
  const { tenantId = TENANT, input = { record: { mpn: 'NXR-1K0-0402' } }, ...given } = about
  const id = given.id ?? newId()
  const workflow = world.workflows.get(given.workflow ?? 'part')
  if (!workflow) throw new DataError('workflow.unknown', 'No such workflow')
  const state = given.state ?? 'queued'
  const at = world.now.toISOString()
  const view: JobView = {
    id,
    workflow: workflow.key,
    version: workflow.version,
    state,
    stage: isFinalJob(state) ? null : 'classification',
    priority: 0.5,
    businessKey: null,
    tags: [],
    batchId: null,
    origin: 'api',
    actor: 'tester',
    replayOf: null,
    createdAt: at,
    updatedAt: at,
    finishedAt: isFinalJob(state) ? at : null,
    definition: workflow.definition,
    lastError: null,
    decisions: [],
    openTasks: [],
    archivedAt: null,
    readAt: at,
    job: {
      tenantId,
      id,
      workflow: workflow.key,
      version: workflow.version,
      state,
      stage: 'classification',
      revision: 1,
      seq: 1,
      steps: { classification: { state: 'queued', attempt: 1, fence: 1, deliveries: 0 } },
      values: {},
      deadline: null,
      dueAt: null,
      priority: 0.5,
      batchId: null,
      trace: null,
      retry: null,
      warnings: [],
      result: null,
    },
    ...given,
  }
  world.jobs.set(id, { ...view, tenantId })
  world.inputs.set(id, input)
  world.histories.set(id, [entry(at, state)])
  return view
}

export function addTask(world: FakeWorld, about: Partial<TaskView> = {}): TaskView {
  const task: TaskView = {
    id: newId(),
    jobId: newId(),
    workflow: 'document',
    step: 'scoring',
    type: 'review',
    cause: 'policy',
    title: 'Look at an invoice',
    ...UNTOUCHED,
    priority: 0.8,
    evidence: {},
    createdBy: 'stageline',
    createdAt: world.now.toISOString(),
    ...about,
  }
  world.tasks.set(task.id, task)
  return task
}

export function addBlob(world: FakeWorld, bytes: Uint8Array, about: { mediaType: string; fileName?: string }): BlobRef {
  const key = newId()
  world.blobs.set(key, bytes)
  return { key, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length, ...about }
}

const entry = (at: string, state: JobView['state']): HistoryEntry => ({
  seq: 1,
  at,
  event: 'accepted',
  step: null,
  stage: null,
  attempt: null,
  path: [],
  times: [],
  jobFrom: 'created',
  jobTo: state,
  actor: 'tester',
  reason: null,
  failure: null,
  data: null,
})

export const workflowView = (definition: WorkflowDefinition, version = 1): WorkflowView => ({
  key: definition.key,
  version,
  versions: Array.from({ length: version }, (_, i) => i + 1),
  definition,
  createdAt: '2026-11-20T12:00:00.000Z',
  createdBy: 'stageline',
})

export function policyView(
  versions: readonly Policy[] | undefined,
  version = versions?.length,
): PolicyView | undefined {
  const policy = versions?.find((one) => one.version === version)
  const numbers = versions?.map((one) => one.version) ?? []
  return policy && { policy, versions: numbers, createdAt: '2026-11-20T12:00:00.000Z', createdBy: 'stageline' }
}

export const compiled = ({ definition, version }: WorkflowView) => ({ ...compileWorkflow(definition, version) })

const stageView = (stage: string): StageView => ({
  stage,
  paused: false,
  pausedBy: null,
  pauseReason: null,
  pausedAt: null,
  pausedUntil: null,
  limit: null,
  limited: null,
  breaker: {
    state: 'closed',
    since: null,
    by: null,
    code: null,
    reason: null,
    times: 0,
    nextProbeAt: null,
    probeBy: null,
    probeUntil: null,
  },
  inputSchema: {},
  outputSchema: {},
  bundle: 100,
  workers: [
    {
      id: `${stage}-1`,
      host: 'test',
      version: '1.4.0',
      startedAt: '2026-11-20T12:00:00.000Z',
      seenAt: '2026-11-20T12:00:00.000Z',
    },
  ],
})
