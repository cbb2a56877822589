import type { BacklogFull, DayFull, Submitted } from '@stageline/engine'
import { z } from 'zod'
import { Id } from '../../http/id.ts'
import type { Answer } from '../../http/operation.ts'
import { Problem } from '../../http/problems.ts'

export const AcceptedAnswer = z
  .object({ id: Id, href: z.string().meta({ description: 'Where to look up the job' }) })
  .meta({ id: 'Accepted' })

export const ACCEPTED_ANSWERS = {
  202: {
    description: 'The job is stored and on its way',
    schema: AcceptedAnswer,
    headers: { Location: 'Address of the job' },
  },
  200: {
    description: 'The same request came before: this is the job that it made',
    schema: AcceptedAnswer,
    headers: { 'Idempotency-Replayed': '`true`', Location: 'Address of the job' },
  },
}

/** @throws Problem for everything that was not stored */
export function answerAccepted(outcome: Submitted): Answer {
  switch (outcome.kind) {
    case 'accepted':
      return at(202, outcome.jobId)
    case 'replayed':
      return at(200, outcome.jobId, { 'Idempotency-Replayed': 'true' })
    case 'other_body':
      throw new Problem('idempotency.other_body', 'The key belongs to a job with another body.', {
        more: { jobId: outcome.jobId },
      })
    case 'in_flight':
      throw new Problem('idempotency.in_flight', 'The first request with this key has not ended.', {
        headers: { 'Retry-After': '1' },
      })
    case 'full':
      throw backlogFull(outcome.full)
    case 'day_full':
      throw dayFull(outcome.day)
    case 'invalid':
      throw inputInvalid(outcome)
    default:
      return outcome satisfies never
  }
}

/** Says when to come back; nothing was stored. */
export function backlogFull({ of, bound, retryAfterS }: BacklogFull): Problem {
  const details = { headers: { 'Retry-After': String(retryAfterS) }, more: { bound, retryAfter: retryAfterS } }
  return of === 'tenant'
    ? new Problem('limit.open_jobs', `At most ${bound} jobs may be open at a time.`, details)
    : new Problem('service.full', 'The installation holds as many open jobs as it may.', details)
}

/** Says when the tenant's next day begins. */
function dayFull({ workflow, bound, resetsAt, retryAfterS }: DayFull): Problem {
  return new Problem(
    'limit.daily_tasks',
    `"${workflow}" takes in ${bound} jobs a day; the next day begins at ${resetsAt}.`,
    {
      headers: { 'Retry-After': String(retryAfterS) },
      more: { bound, resetsAt, retryAfter: retryAfterS },
    },
  )
}

function inputInvalid({ problems }: Extract<Submitted, { kind: 'invalid' }>): Problem {
  const errors = problems.map(({ pointer, detail }) => ({ pointer: `/input${pointer}`, detail }))
  return new Problem('input.invalid', problems[0]?.detail ?? 'The input does not fit the workflow.', { errors })
}

const at = (status: number, id: string, headers: Record<string, string> = {}): Answer => {
  const href = `/v1/jobs/${id}`
  return { status, body: { id, href }, headers: { Location: href, ...headers } }
}
