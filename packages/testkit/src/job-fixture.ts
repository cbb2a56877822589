import type { Job, Workflow } from '@stageline/domain'
import { addressMessages, advanceJob, newJob, type Happening, type JobSeed } from '@stageline/engine'
import type { JobWrite, Message, NewJob } from '@stageline/engine/ports'

/** A job as a submission makes it, with what a test wants otherwise. */
export function newJobOf(
  workflow: Workflow,
  now: Date,
  { seed = {}, ...about }: Partial<Omit<NewJob, 'job'>> & { seed?: Partial<JobSeed> } = {},
): NewJob {
  const input = about.input ?? { record: { name: 'A thing' } }
  const { job, history, tasks, decisions } = newJob(
    workflow,
    { tenantId: '', input, priority: 0.5, actor: 'tester', origin: 'api', batchId: null, trace: null, ...seed },
    now,
  )
  const nobody = {
    businessKey: null,
    tags: [],
    origin: 'api',
    actor: 'tester',
    replayOf: null,
    idempotency: null,
    countedOn: null,
    dayBound: null,
  }
  return { job, history, tasks, decisions, ...nobody, ...about, input }
}

/** Jobs with messages for what is queued without one, as those choose them who record. */
export function addressed(workflow: Workflow, jobs: readonly Job[], bundle = 1): { jobs: Job[]; messages: Message[] } {
  const sendings = jobs.map((job) => {
    const unsent = Object.entries(job.steps).filter(([, { state, message }]) => state === 'queued' && !message)
    return { workflow, job, send: unsent.map(([key]) => key) }
  })
  return addressMessages(sendings, () => bundle)
}

/** What `happening` makes of the job, ready to be recorded. */
export function writeOf(workflow: Workflow, before: Job, happening: Happening, now: Date): JobWrite {
  const advance = advanceJob(workflow, before, happening, now)
  if (!('job' in advance)) throw new RangeError(`It does not fit: ${JSON.stringify(advance)}`)
  const { job: after, history, tasks, closings, editedInputs, decisions } = advance
  return { before, after, history, tasks, closings, editedInputs, decisions }
}

/** The step under way ends well. */
export function successOf(workflow: Workflow, before: Job, step: string, output: unknown, now: Date): JobWrite {
  const { fence } = before.steps[step]!
  return writeOf(
    workflow,
    before,
    { kind: 'succeeded', step, fence, startedAt: now.toISOString(), output, worker: 'worker-1' },
    now,
  )
}

/** The step under way fails in a way that a retry cannot help: it goes to a person. */
export function failureOf(workflow: Workflow, before: Job, step: string, now: Date): JobWrite {
  const { fence } = before.steps[step]!
  const failure = { kind: 'data' as const, code: 'test.unreadable', message: 'Cannot be read' }
  return writeOf(
    workflow,
    before,
    { kind: 'failed', step, fence, startedAt: now.toISOString(), failure, worker: 'worker-1' },
    now,
  )
}
