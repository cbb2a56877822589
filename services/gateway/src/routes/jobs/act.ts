import { JOB_EDGES, JsonObject, type JobState } from '@stageline/domain'
import { z } from 'zod'
import type { ReplayRequest } from '@stageline/engine'
import type { JobView } from '@stageline/engine/ports'
import type { PersonsHappening } from '../../gateway-deps.ts'
import { IdParams } from '../../http/id.ts'
import { operation, type Answer, type Call } from '../../http/operation.ts'
import { Problem, unknownResource } from '../../http/problems.ts'
import { EXAMPLE } from '../example-ids.ts'
import { refuseOwnSubmission, refuseUnfitOutput, stepUnderWay } from './advance-by-hand.ts'
import { AcceptedAnswer } from './accepted.ts'
import { JobAnswer, showJob } from './job-answer.ts'
import { refuseDocumentReference } from './submit-body.ts'

const reason = z.string().trim().min(1).max(1000)
const ReasonBody = z.strictObject({ reason: reason.optional() })
const SuspendBody = z.strictObject({ reason })
const RetryBody = z.strictObject({
  reason: reason.optional(),
  from: z
    .string()
    .max(63)
    .optional()
    .meta({ description: 'A step: makes a new job that takes over the outputs before it' }),
  input: JsonObject.optional().meta({ description: 'Another input for the new job' }),
})
const AdvanceBody = z.strictObject({
  step: z.string().max(63).optional(),
  output: JsonObject.meta({ description: 'Checked by the schema of the stage' }),
  reason: reason.optional(),
})

const about = {
  method: 'post',
  tag: 'Jobs',
  params: IdParams,
  problems: ['request.invalid', 'request.not_json', 'resource.unknown', 'action.refused'],
} as const
const answers = { 200: { description: 'The job after the change', schema: JobAnswer } }

export const cancelJob = operation({
  ...about,
  id: 'cancelJob',
  path: '/v1/jobs/{id}:cancel',
  summary: 'End a job; a handler that is at work is told within a second',
  body: { type: 'application/json', schema: ReasonBody, optional: true },
  answers,
  examples: [
    { name: 'Cancel', params: { id: EXAMPLE.job }, body: { reason: 'Submitted twice' }, status: 200 },
    { name: 'Too late', params: { id: EXAMPLE.finishedJob }, status: 409 },
  ],
  handle: (call) => act(call, { kind: 'cancelled', actor: call.who.actor, reason: call.body.reason ?? null }),
})

export const suspendJob = operation({
  ...about,
  id: 'suspendJob',
  path: '/v1/jobs/{id}:suspend',
  summary: 'Stop a job after the step in hand and give it to a person',
  body: { type: 'application/json', schema: SuspendBody },
  answers,
  examples: [
    { name: 'Suspend', params: { id: EXAMPLE.job }, body: { reason: 'The sender looks wrong' }, status: 200 },
    { name: 'Without a reason', params: { id: EXAMPLE.job }, body: {}, status: 400 },
  ],
  handle: (call) => act(call, { kind: 'suspended', actor: call.who.actor, reason: call.body.reason }),
})

export const retryJob = operation({
  ...about,
  id: 'retryJob',
  path: '/v1/jobs/{id}:retry',
  summary: 'Queue suspended or failed steps again, or replay a job as a new one',
  description: 'With `from` or `input`, or on a job that has ended, a new job is made; it says in `replayOf` whose.',
  body: { type: 'application/json', schema: RetryBody, optional: true },
  answers: {
    ...answers,
    202: {
      description: 'A new job replays this one',
      schema: AcceptedAnswer,
      headers: { Location: 'Address of the new job' },
    },
  },
  examples: [
    {
      name: 'Retry what is suspended',
      params: { id: EXAMPLE.suspendedJob },
      body: { reason: 'The service is back' },
      status: 200,
    },
    { name: 'Replay from a step', params: { id: EXAMPLE.finishedJob }, body: { from: 'enrichment' }, status: 202 },
  ],
  handle: async (call) => {
    const { body, params, who, deps } = call
    refuseDocumentReference(body.input)
    const job = await deps.reader.job(who.tenantId, params.id)
    if (!job) throw unknownResource()
    const isReplay = body.from !== undefined || body.input !== undefined || job.finishedAt !== null
    const by = { actor: who.actor, reason: body.reason ?? null }
    const { businessKey, tags } = job
    return isReplay ? replay(call, { ...by, businessKey, tags }) : act(call, { kind: 'retried', ...by })
  },
})

export const advanceJob = operation({
  ...about,
  problems: [...about.problems, 'input.invalid', 'task.own_submission'],
  id: 'advanceJob',
  path: '/v1/jobs/{id}:advance',
  summary: 'Complete the current step by hand',
  body: { type: 'application/json', schema: AdvanceBody },
  answers,
  examples: [
    {
      name: 'Advance',
      params: { id: EXAMPLE.suspendedJob },
      body: { step: 'extraction', output: { fields: {}, lineItems: [] }, reason: 'Read by hand' },
      status: 200,
    },
  ],
  handle: async (call) => {
    const { body, params, who, deps } = call
    const { output, reason: why = null } = body
    const view = await deps.reader.job(who.tenantId, params.id)
    if (!view) throw unknownResource()
    refuseArchived(view)
    const step = body.step ?? stepUnderWay(view)
    if (step !== undefined) refuseOwnSubmission(view, step, who.actor)
    if (step !== undefined) await refuseUnfitOutput(deps.reader, who.tenantId, { view, step, output })
    return act(call, {
      kind: 'advanced',
      ...(step === undefined ? {} : { step }),
      output,
      actor: call.who.actor,
      reason: why,
    })
  },
})

type JobCall = Pick<Call<z.output<typeof IdParams>, unknown, unknown>, 'params' | 'who' | 'deps'>

async function act({ params, who, deps }: JobCall, happening: PersonsHappening): Promise<Answer> {
  const outcome = await deps.engine.act({ tenantId: who.tenantId, jobId: params.id }, happening)
  const job = await deps.reader.job(who.tenantId, params.id)
  if (!job) throw unknownResource()
  refuseArchived(job)
  if (outcome.kind === 'unknown') throw unknownResource()
  if (outcome.kind === 'refused') throw refused(outcome, job.state)
  return { status: 200, body: showJob(job) }
}

async function replay(
  call: JobCall & { body: z.output<typeof RetryBody> },
  by: Pick<ReplayRequest, 'actor' | 'reason' | 'businessKey' | 'tags'>,
): Promise<Answer> {
  const { from, input } = call.body
  const asked = { ...by, ...(from === undefined ? {} : { from }), ...(input === undefined ? {} : { input }) }
  const outcome = await call.deps.engine.replayJob({ tenantId: call.who.tenantId, jobId: call.params.id, ...asked })
  if (outcome.kind === 'unknown') throw unknownResource()
  if (outcome.kind === 'refused') throw refused(outcome)
  const href = `/v1/jobs/${outcome.jobId}`
  return { status: 202, body: { id: outcome.jobId, href }, headers: { Location: href } }
}

const ARCHIVED = {
  code: 'job.archived',
  message: 'The job has ended and left for an archive: it is read only. `:retry` makes a new job from it.',
}

function refuseArchived({ archivedAt, state }: JobView): void {
  if (archivedAt !== null) throw refused(ARCHIVED, state)
}

/** With the state that the job is in and where it may go from there, so that a program can tell what would be possible. */
export const refused = ({ code, message }: { code: string; message: string }, state?: JobState): Problem =>
  new Problem('action.refused', message, {
    more: { reason: code, ...(state === undefined ? {} : { state, allowed: JOB_EDGES[state] }) },
  })
