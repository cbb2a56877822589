import { OutOfTime, withinLimit } from '@stageline/domain'
import { comeBackSoon } from '../../http/come-back-soon.ts'
import { IdempotencyHeader, idempotencyKey } from '../../http/idempotency.ts'
import { operation } from '../../http/operation.ts'
import { preferredWaitMs, waitUntilSettled } from '../../http/prefer-wait.ts'
import { Problem } from '../../http/problems.ts'
import { CorrelationHeader, requestMarks } from '../../http/request-marks.ts'
import { ACCEPTED_ANSWERS, answerAccepted } from './accepted.ts'
import { refuseDocumentReference, requireWorkflow, SubmitBody, submitRequest } from './submit-body.ts'

const record = {
  mpn: 'NXR-4K7-0603',
  manufacturer: 'Nordwerk Components',
  description: 'Chip resistor 4.7 kOhm 1 % 0603',
}

/** So that whoever waits for 10 s is told before it gives up. */
const ANSWER_LIMIT_MS = 7_000

function refuseLate(error: unknown): never {
  if (!(error instanceof OutOfTime)) throw error
  const detail = 'It is not known yet whether the job was stored: with an Idempotency-Key, repeating finds it.'
  throw new Problem('service.unavailable', detail, { headers: comeBackSoon(), cause: error })
}

export const submitJob = operation({
  id: 'submitJob',
  method: 'post',
  path: '/v1/jobs',
  tag: 'Jobs',
  summary: 'Submit a record to a workflow',
  description:
    'Answers as soon as the job is stored for good. `Prefer: wait=10` waits up to 30 s until the job ends or needs a person.',
  headers: IdempotencyHeader.extend(CorrelationHeader.shape),
  body: { type: 'application/json', schema: SubmitBody },
  answers: ACCEPTED_ANSWERS,
  problems: [
    'request.invalid',
    'request.not_json',
    'request.unsupported_type',
    'request.too_large',
    'request.bad_key',
    'workflow.unknown',
    'workflow.inactive',
    'input.invalid',
    'input.document_reference',
    'limit.open_jobs',
    'limit.daily_tasks',
    'service.full',
    'idempotency.in_flight',
    'idempotency.other_body',
  ],
  examples: [
    {
      name: 'A part record',
      body: { workflow: 'part', input: { record }, priority: 0.6, businessKey: 'NXR-4K7-0603' },
      status: 202,
    },
    { name: 'Straight to a person', body: { workflow: 'part', input: { record }, force: 'person' }, status: 202 },
    { name: 'Unknown workflow', body: { workflow: 'no-such', input: { record } }, status: 422 },
    { name: 'Unknown property', body: { workflow: 'part', input: { record }, state: 'completed' }, status: 400 },
  ],
  handle: async ({ body, who, request, response, deps }) => {
    refuseDocumentReference(body.input)
    const key = idempotencyKey(request)
    const { traceparent: trace, correlationId } = requestMarks(response)
    const { tenantId, actor } = who
    const submitted = submitRequest(body, { tenantId, actor, origin: 'api', batchId: null, trace, correlationId, key })
    const store = async () => {
      await requireWorkflow(deps, tenantId, body.workflow)
      return deps.engine.submitJobs([submitted])
    }
    const [outcome] = await withinLimit(ANSWER_LIMIT_MS, store).catch(refuseLate)
    const answer = answerAccepted(outcome!)
    await waitUntilSettled(deps.reader, who.tenantId, answer.body, preferredWaitMs(request), response)
    return answer
  },
})
