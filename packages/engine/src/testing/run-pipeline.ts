import type { HistoryEntry, Job, Verdict, WorkflowDefinitionInput } from '@stageline/domain'
import { isFinalJob, modelTrustOf } from '@stageline/domain'
import { Claims } from '../claims.ts'
import { HandlersAtWork } from '../handlers-at-work.ts'
import { executeDelivery } from '../execute-delivery.ts'
import type { ExecutorDeps } from '../execute-step.ts'
import type { CatalogHit, Delivery, StepRef, TaskView } from '../ports/index.ts'
import { createRecorder } from '../recorder.ts'
import { resolveTask } from '../resolve-task.ts'
import type { StageDefinition, StageLogger } from '../stage.ts'
import { submitJobs } from '../submit-jobs.ts'
import { memoryBlobs } from './memory-blobs.ts'
import { MemoryJobStore } from './memory-job-store.ts'
import { MemoryQueue } from './memory-queue.ts'
import { MemoryWorkflowCatalog } from './memory-workflow-catalog.ts'
import { roomForAll } from './room-for-all.ts'
import { quietObserver } from './quiet-observer.ts'

export type PipelineRequest = {
  workflow: WorkflowDefinitionInput
  stages: readonly StageDefinition[]
  input: unknown
  priority?: number
  /** What a person says to a task; without it, or without an answer, the job stays where a person is needed. */
  person?: (task: TaskView) => PersonsAnswer | undefined
  /** Replaces what handlers get from outside: blobs, catalogue, first seen, logger. */
  tools?: ExecutorDeps['tools']
}

export type PersonsAnswer = { verdict: Verdict; input?: unknown; output?: unknown; reason?: string }

export type PipelineRun = {
  job: Job
  history: HistoryEntry[]
  outputs: Readonly<Record<string, unknown>>
  /** What the job as a whole came to; null while it is open, and where it ended without one. */
  result: unknown
  tasks: TaskView[]
}

const TENANT = 'tenant-in-memory'
const MOST_ROUNDS = 1_000

/**
 * Takes one job through its workflow to its end, or to where only a person can help: with the real rules, recorder and
 * executor over memory, no Redis, no Postgres, and a clock that jumps to whatever is due next. For unit tests of stages
 * and workflows.
 *
 * @throws RangeError when the definition or the input is refused, when a step's stage is not among `stages`, or when
 *   the job is still moving after 1,000 rounds.
 *
 * @example
 * const { job, outputs } = await runPipeline({ workflow, stages: [extraction], input: { text: 'Total 12.00' } })
 */
export async function runPipeline(request: PipelineRequest): Promise<PipelineRun> {
  await using line = assemble(request)
  const jobId = await line.submit()
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (await line.deliver()) continue
    if (await line.passTime()) continue
    if (await line.askPerson(jobId)) continue
    return line.look(jobId)
  }
  throw new RangeError(`The job is still moving after ${MOST_ROUNDS} rounds`)
}

function assemble(request: PipelineRequest) {
  const store = new MemoryJobStore()
  const queue = new MemoryQueue()
  const workflows = new MemoryWorkflowCatalog([request.workflow])
  const observer = quietObserver()
  const bundleOf = (stage: string) => request.stages.find(({ name }) => name === stage)?.bundle ?? 100
  const record = createRecorder({ store, queue, observer, bundleOf })
  const worker = 'worker-in-memory'
  const claims = new Claims({ record, store, worker })
  const shutdown = new AbortController()
  const handlers = new HandlersAtWork({ graceMs: 0, shutdown: shutdown.signal, onStraggler: () => undefined })
  const engine = { store, workflows, queue, record, reader: store, writer: store, observer, bundleOf }
  const executor = (name: string): ExecutorDeps => ({
    stage: stageNamed(request.stages, name),
    store,
    load: async (ref: StepRef) => (await store.load([ref]))[0],
    workflows,
    record,
    claims,
    handlers,
    timeoutMs: 300_000,
    observer,
    shutdown: shutdown.signal,
    workerId: worker,
    retry: { stage: { maxAttempts: stageNamed(request.stages, name).maxAttempts } },
    tools: request.tools ?? toolsInMemory(),
  })

  return {
    async submit(): Promise<string> {
      const { workflow, input, priority = 0.5 } = request
      const order = { tenantId: TENANT, workflow: workflow.key, input, priority, origin: 'api', actor: 'test' }
      const [submitted] = await submitJobs([order], { ...engine, backlog: roomForAll })
      if (submitted?.kind === 'accepted') return submitted.jobId
      throw new RangeError(`The input was refused: ${JSON.stringify(submitted)}`)
    },
    async deliver(): Promise<boolean> {
      const deliveries: Delivery[] = queue.take()
      await Promise.all(deliveries.map((one) => executeDelivery(one, executor(one.message.stage))))
      return deliveries.length > 0
    },
    async passTime(): Promise<boolean> {
      const due = store.nextDue()
      if (!due) return false
      if (due > store.now()) store.setNow(due)
      for (const job of await store.takeDue(100)) {
        const workflow = await workflows.version(TENANT, job.workflow, job.version)
        await record({ workflow, job, happening: { kind: 'due' } })
      }
      return true
    },
    async askPerson(jobId: string): Promise<boolean> {
      for (const task of store.tasks.ofJob(jobId).filter(({ completedAt }) => completedAt === null)) {
        const answer = request.person?.(task)
        if (!answer) continue
        const { reason = null, ...said } = answer
        const outcome = await resolveTask(
          { tenantId: TENANT, taskId: task.id, actor: 'person', reason, ...said },
          engine,
        )
        if (outcome.kind !== 'done') throw new RangeError(`The verdict was not taken: ${JSON.stringify(outcome)}`)
        return true
      }
      return false
    },
    async look(jobId: string): Promise<PipelineRun> {
      const [loaded] = await store.load([{ tenantId: TENANT, jobId, step: '', fence: 0 }])
      const { job, outputs } = loaded!
      const history = store.history(jobId)
      const result = isFinalJob(job.state) ? (history.find(({ seq }) => seq === job.result)?.data ?? null) : null
      return { job, history, outputs, result, tasks: store.tasks.ofJob(jobId) }
    },
    async [Symbol.asyncDispose](): Promise<void> {
      shutdown.abort()
      claims[Symbol.dispose]()
    },
  }
}

function stageNamed(stages: readonly StageDefinition[], name: string): StageDefinition {
  const stage = stages.find((one) => one.name === name)
  if (!stage) throw new RangeError(`No stage "${name}" was given; given: ${stages.map((one) => one.name).join(', ')}`)
  return stage
}

/** Files and first-seen keys in memory, an empty catalogue, a logger that says nothing. */
function toolsInMemory(): ExecutorDeps['tools'] {
  const blobs = memoryBlobs()
  const seen = new Map<string, { jobId: string; at: Date }>()
  const quiet = () => undefined
  const logger: StageLogger = { debug: quiet, info: quiet, warn: quiet, error: quiet }
  return ({ jobId }) => ({
    blobs,
    logger,
    catalog: { find: async (): Promise<CatalogHit[]> => [] },
    firstSeen: {
      async claim(scope, key) {
        const first = seen.get(`${scope}/${key}`) ?? { jobId, at: new Date(0) }
        seen.set(`${scope}/${key}`, first)
        return { ...first, isThisJob: first.jobId === jobId }
      },
    },
    modelTrust: async () => modelTrustOf([]),
  })
}
