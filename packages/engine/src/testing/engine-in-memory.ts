import type { Job, WorkflowDefinitionInput } from '@stageline/domain'
import type { Backlog } from '../backlog.ts'
import type { EngineDeps } from '../engine-deps.ts'
import { createRecorder } from '../recorder.ts'
import type { SubmitRequest } from '../submit-jobs.ts'
import { submitJobs } from '../submit-jobs.ts'
import { MemoryJobStore } from './memory-job-store.ts'
import { MemoryQueue } from './memory-queue.ts'
import { MemoryWorkflowCatalog } from './memory-workflow-catalog.ts'
import { roomForAll } from './room-for-all.ts'
import type { QuietObserver } from './quiet-observer.ts'
import { quietObserver } from './quiet-observer.ts'

export type EngineInMemory = EngineDeps & {
  backlog: Backlog
  store: MemoryJobStore
  queue: MemoryQueue
  workflows: MemoryWorkflowCatalog
  observer: QuietObserver
  /** Submits a job of tenant `t` to the first workflow and gives its row. */
  submit(request?: Partial<SubmitRequest>): Promise<Job>
  /** The row as it stands. */
  look(job: Job): Promise<Job>
}

/** The whole engine over memory: what a process makes of adapters, made of twins. */
export function engineInMemory(...definitions: WorkflowDefinitionInput[]): EngineInMemory {
  const store = new MemoryJobStore()
  const queue = new MemoryQueue()
  const workflows = new MemoryWorkflowCatalog(definitions)
  const observer = quietObserver()
  const bundleOf = () => 100
  const record = createRecorder({ store, queue, observer, bundleOf })
  const engine = {
    store,
    queue,
    workflows,
    observer,
    bundleOf,
    record,
    reader: store,
    backlog: roomForAll,
  }
  const look = async ({ tenantId, id }: Pick<Job, 'tenantId' | 'id'>): Promise<Job> => {
    const [job] = await store.read([{ tenantId, jobId: id }])
    if (!job) throw new RangeError(`There is no job ${id}`)
    return job
  }
  return {
    ...engine,
    look,
    async submit(request = {}) {
      const workflow = definitions[0]?.key ?? ''
      const order = { tenantId: 't', workflow, input: {}, origin: 'api', actor: 'person', ...request }
      const [submitted] = await submitJobs([order], engine)
      if (submitted?.kind !== 'accepted') throw new RangeError(`It was refused: ${JSON.stringify(submitted)}`)
      return look({ tenantId: order.tenantId, id: submitted.jobId })
    },
  }
}
