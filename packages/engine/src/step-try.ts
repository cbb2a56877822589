import type { ModelTrust, RetryPlan, StagelineError, Workflow } from '@stageline/domain'
import type { Claims, HeldStep } from './claims.ts'
import type { HandlersAtWork } from './handlers-at-work.ts'
import type {
  Catalog,
  FirstSeen,
  JobStore,
  LoadedJob,
  Observer,
  StageBlobs,
  StepRef,
  WorkflowCatalog,
} from './ports/index.ts'
import type { StagesHere } from './in-one-go.ts'
import type { Reads } from './reads.ts'
import type { RecentJobs } from './recent-jobs.ts'
import type { RecordChange } from './recorder.ts'
import type { StageGate } from './stage-gate.ts'
import type { StageDefinition, StageLogger } from './stage.ts'
import type { Turn } from './turns.ts'

/** What a worker process executes steps with; it makes one of these at its start. */
export type ExecutorDeps = {
  stage: StageDefinition
  store: Pick<JobStore, 'now' | 'forget'>
  load: (ref: StepRef) => Promise<LoadedJob | undefined>
  /** What need not be loaded; absent where no job comes back to this process. */
  recent?: RecentJobs
  workflows: Pick<WorkflowCatalog, 'version'>
  /** Stages between which steps need no queue; absent where this process works one. */
  here?: StagesHere
  record: RecordChange
  claims: Claims
  handlers: HandlersAtWork
  /** How long a try may take where neither step nor stage says. */
  timeoutMs: number
  observer: Observer
  /** Whether the stage may be worked; absent where nothing holds it. */
  gate?: Pick<StageGate, 'enter' | 'isFree' | 'heard' | 'probed' | 'leaveProbe'>
  /** Aborts when the process must let go of what it holds: unfinished steps are given back. */
  shutdown: AbortSignal
  workerId: string
  retry: { stage?: RetryPlan | undefined; environment?: RetryPlan | undefined }
  /** Failed tries of a job that was routed to automation, after which a person gets it. */
  maxAutomationFailures?: number
  /** What a handler gets from outside, for one step; asked when the handler first uses something of it. */
  tools: (step: { tenantId: string; jobId: string; workflow: string }) => {
    blobs: StageBlobs
    catalog: Catalog
    firstSeen: FirstSeen
    modelTrust: () => Promise<ModelTrust>
    logger: StageLogger
  }
}

/** One try at a step, from its load to its record. */
export type Try = HeldStep & {
  /** For its handler, and nobody's from then on: what waits for its record shall not be kept in memory with it. */
  toRead: Omit<LoadedJob, 'job'> | undefined
  ref: StepRef
  startedAt: Date
  /** Why the step is no longer ours. */
  lost: StagelineError | undefined
  /** Told when that happens. */
  onLost: ((why: StagelineError) => void) | undefined
  /** What it read before its handler began; where what follows may need it here. */
  reads: Reads | undefined
  /** When the first step began of those that are worked in one go, by the clock of the stages here, ms. */
  since: number
  /** What it has to end as soon as it computes nothing any more. */
  turn: Turn | undefined
  /** Ends when what went on from this step has ended, too. */
  followed: Promise<unknown> | undefined
}

export function newTry(ref: StepRef, loaded: LoadedJob, workflow: Workflow, deps: ExecutorDeps): Try {
  const work: Try = {
    ref,
    toRead: loaded,
    workflow,
    job: loaded.job,
    step: ref.step,
    fence: ref.fence,
    callsOut: deps.stage.callsOut ?? false,
    lose: (why) => {
      work.lost ??= why
      work.onLost?.(why)
    },
    lost: undefined,
    onLost: undefined,
    startedAt: deps.store.now(),
    unrecorded: undefined,
    reads: undefined,
    since: deps.here?.elapsed() ?? 0,
    turn: undefined,
    followed: undefined,
  }
  return work
}
