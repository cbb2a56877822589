import { isFinalJob, isOpenTask, newId } from '@stageline/domain'
import type { Submitted, SubmitRequest } from '@stageline/engine'
import type { Engine } from '../gateway-deps.ts'
import { addJob, type FakeWorld } from './fake-world.ts'

/** Stores and changes what it is told, with just enough refusals to see how they are answered. */
export const fakeEngine = (world: FakeWorld): Engine => ({
  submitJobs: async (requests) => {
    if (world.storeFault) throw world.storeFault
    return requests.map((request) => submit(world, request))
  },
  backlogFull: async () => (world.room > 0 ? undefined : FULL),
  act: async ({ tenantId, jobId }, happening) => {
    const view = world.jobs.get(jobId)
    if (!view || view.tenantId !== tenantId) return { kind: 'unknown' }
    if (isFinalJob(view.state)) return { kind: 'refused', code: 'job.final', message: `The job is ${view.state}` }
    const state = { cancelled: 'cancelled', suspended: 'suspended', retried: 'queued', advanced: 'processing' } as const
    const job = { ...view.job, state: state[happening.kind] }
    world.jobs.set(jobId, { ...view, state: job.state, job })
    return { kind: 'done', job }
  },
  replayJob: async ({ tenantId, jobId, actor }) => {
    const view = world.jobs.get(jobId)
    if (!view || view.tenantId !== tenantId) return { kind: 'unknown' }
    return { kind: 'replayed', jobId: addJob(world, { workflow: view.workflow, replayOf: jobId, actor, tenantId }).id }
  },
  resolveTask: async ({ taskId, verdict, actor, reason, fields = {} }) => {
    const task = world.tasks.get(taskId)
    if (!task) return { kind: 'unknown' }
    if (!isOpenTask(task.state)) return { kind: 'refused', code: 'task.closed', message: `The task is ${task.state}` }
    if (task.step === null || task.jobId === null) return { kind: 'no_step', task }
    if (task.assignee !== null && task.assignee !== actor) return { kind: 'held', task }
    const corrections = Object.entries(fields).map(([name, to]) => ({ path: `/fields/${name}/value`, from: null, to }))
    const settled = {
      ...task,
      state: 'completed' as const,
      verdict,
      verdictBy: actor,
      verdictReason: reason,
      corrections,
    }
    world.tasks.set(taskId, settled)
    return { kind: 'done', task: settled, job: (world.jobs.get(task.jobId) ?? addJob(world)).job }
  },
})

const FULL = { of: 'tenant', bound: 10, retryAfterS: 7 } as const

function submit(world: FakeWorld, request: SubmitRequest): Submitted {
  const {
    idempotency,
    tenantId,
    workflow,
    input,
    origin,
    actor,
    batchId = null,
    businessKey = null,
    tags = [],
  } = request
  const earlier = idempotency && world.idempotency.get(`${tenantId} ${idempotency.operation} ${idempotency.key}`)
  if (earlier)
    return { kind: earlier.fingerprint === idempotency.fingerprint ? 'replayed' : 'other_body', jobId: earlier.jobId }
  const isObject = typeof input === 'object' && input !== null && ('record' in input || 'document' in input)
  if (!isObject) return { kind: 'invalid', problems: [{ pointer: '/record', detail: 'Required' }] }
  if (world.room <= 0) return { kind: 'full', full: FULL }
  world.room -= 1
  const jobId = newId()
  addJob(world, { id: jobId, tenantId, workflow, input, origin, actor, batchId, businessKey, tags: [...tags] })
  world.submitted.push(request)
  const batch = batchId === null ? undefined : world.batches.get(batchId)
  if (batch)
    world.batches.set(batch.id, {
      ...batch,
      total: batch.total + 1,
      byState: { queued: (batch.byState.queued ?? 0) + 1 },
    })
  if (idempotency)
    world.idempotency.set(`${tenantId} ${idempotency.operation} ${idempotency.key}`, {
      jobId,
      fingerprint: idempotency.fingerprint,
    })
  return { kind: 'accepted', jobId }
}
