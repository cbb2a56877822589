import { FieldValue, JsonObject, VERDICTS } from '@stageline/domain'
import type { TaskView } from '@stageline/engine/ports'
import { z } from 'zod'
import type { GatewayDeps } from '../../gateway-deps.ts'
import type { Identity } from '../../guard/identity.ts'
import { IdParams } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { Problem, unknownResource } from '../../http/problems.ts'
import { withoutGaps } from '../../http/without-gaps.ts'
import { EXAMPLE } from '../example-ids.ts'
import { refused } from '../jobs/act.ts'
import { refuseDocumentReference } from '../jobs/submit-body.ts'
import { ownSubmission, showTask, TaskAnswer, taskHeld } from './task-answer.ts'

export const ResolveBody = z
  .strictObject({
    verdict: z.enum(VERDICTS).meta({
      description:
        '`retry`: work the step again; `accept`: take its output as right; `skip`: go on without it; `discard`: end the job',
    }),
    reason: z.string().trim().min(1).max(1000).optional(),
    input: JsonObject.optional().meta({ description: '`retry`: the step gets this input' }),
    output: JsonObject.optional().meta({
      description: '`accept`: the step gets this output; checked by the schema of its stage',
    }),
    fields: z
      .record(z.string().min(1).max(64), FieldValue)
      .optional()
      .meta({ description: 'Corrected values by the name of their field; the others stay' }),
  })
  .meta({ id: 'ResolveTask' })
export type ResolveBody = z.infer<typeof ResolveBody>

export const resolveTask = operation({
  id: 'resolveTask',
  method: 'post',
  path: '/v1/tasks/{id}:resolve',
  tag: 'Tasks',
  summary: 'Settle a task with a verdict',
  params: IdParams,
  body: { type: 'application/json', schema: ResolveBody },
  answers: { 200: { description: 'The settled task', schema: TaskAnswer } },
  problems: [
    'request.invalid',
    'request.not_json',
    'resource.unknown',
    'task.held',
    'task.closed',
    'task.no_step',
    'task.own_submission',
    'action.refused',
    'input.invalid',
  ],
  examples: [
    {
      name: 'Correct a field and accept',
      params: { id: EXAMPLE.task },
      body: { verdict: 'accept', fields: { total: '119.00' }, reason: 'Printed total' },
      status: 200,
    },
    { name: 'Try again', params: { id: EXAMPLE.task }, body: { verdict: 'retry' }, status: 200 },
    { name: 'No such verdict', params: { id: EXAMPLE.task }, body: { verdict: 'maybe' }, status: 400 },
  ],
  handle: async ({ params, body, who, deps }) => ({
    status: 200,
    body: showTask(await resolve(deps, who, params.id, body)),
  }),
})

/** Shared by the API and the page. @throws Problem where the verdict was not taken */
export async function resolve(deps: GatewayDeps, who: Identity, taskId: string, body: ResolveBody): Promise<TaskView> {
  refuseDocumentReference(body.input)
  const { verdict, reason = null, ...given } = body
  const corrections = withoutGaps(given)
  const outcome = await deps.engine.resolveTask({
    tenantId: who.tenantId,
    taskId,
    verdict,
    actor: who.actor,
    reason,
    ...corrections,
  })
  switch (outcome.kind) {
    case 'done':
      return outcome.task
    case 'unknown':
      throw unknownResource()
    case 'held':
      throw taskHeld(outcome.task)
    case 'no_step':
      throw new Problem('task.no_step', 'It was opened by hand, or by a rule: no step waits for it.')
    case 'own_submission':
      throw ownSubmission(who.actor)
    case 'refused':
      throw outcome.code === 'task.closed' ? new Problem('task.closed', `${outcome.message}.`) : refused(outcome)
    case 'invalid':
      throw new Problem('input.invalid', outcome.problems[0]?.detail ?? 'The correction does not fit.', {
        errors: outcome.problems,
      })
    default:
      return outcome satisfies never
  }
}
