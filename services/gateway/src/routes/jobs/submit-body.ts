import { JobTimeoutMs, JsonObject, RetryPlan } from '@stageline/domain'
import type { SubmitRequest } from '@stageline/engine'
import { z } from 'zod'
import type { GatewayDeps } from '../../gateway-deps.ts'
import { fingerprint } from '../../http/idempotency.ts'
import { Problem } from '../../http/problems.ts'

const About = {
  priority: z.number().min(0).max(1).optional().meta({ description: '0 can wait, 1 goes first' }),
  businessKey: z.string().min(1).max(200).optional().meta({ description: 'What you call the item' }),
  tags: z.array(z.string().min(1).max(64)).max(20).optional(),
}

export const SubmitBody = z
  .strictObject({
    workflow: z.string().min(1).max(63),
    input: JsonObject.meta({ description: 'Checked by the JSON Schema of the workflow' }),
    ...About,
    force: z.enum(['automation', 'person']).optional().meta({ description: 'Chooses the route instead of the policy' }),
    retry: RetryPlan.optional().meta({ description: 'Wins over the retry plans of steps, stages and the workflow' }),
    timeoutMs: JobTimeoutMs.optional().meta({
      description: 'From acceptance to the end of the job, ms; wins over the limit of the workflow',
    }),
  })
  .meta({ id: 'SubmitJob' })
export type SubmitBody = z.infer<typeof SubmitBody>

type Sent = {
  tenantId: string
  actor: string
  origin: string
  batchId: string | null
  trace: string | null
  correlationId: string | null
  key: string | undefined
}

export function submitRequest(body: SubmitBody, { key, ...sent }: Sent): SubmitRequest {
  const idempotency = key === undefined ? null : { operation: 'submitJob', key, fingerprint: fingerprint(body) }
  const {
    workflow,
    input,
    priority,
    businessKey = null,
    tags = [],
    force = null,
    retry = null,
    timeoutMs = null,
  } = body
  return {
    ...sent,
    workflow,
    input,
    businessKey,
    tags,
    force,
    retry,
    timeoutMs,
    idempotency,
    ...(priority === undefined ? {} : { priority }),
  }
}

/**
 * References to stored files are made by the upload alone: one that is written by hand could name a file that its
 * sender was never given.
 * @throws Problem `input.document_reference`
 */
export function refuseDocumentReference(input: JsonObject | undefined): void {
  if (typeof input?.document !== 'object' || input.document === null || !('key' in input.document)) return
  const errors = [{ pointer: '/input/document', detail: 'Upload the file to POST /v1/documents.' }]
  throw new Problem('input.document_reference', 'The input names a stored document.', { errors })
}

/** @throws Problem `workflow.unknown`, `workflow.inactive` */
export async function requireWorkflow(
  { workflows, reader }: Pick<GatewayDeps, 'workflows' | 'reader'>,
  tenantId: string,
  key: string,
): Promise<void> {
  const workflow = await workflows.latest(tenantId, key)
  if (workflow?.definition.status === 'inactive')
    throw new Problem('workflow.inactive', `Workflow "${key}" takes no new jobs.`)
  if (workflow) return
  const known = (await reader.workflows(tenantId)).map((workflow) => workflow.key).join(', ')
  const errors = [{ pointer: '/workflow', detail: `Known workflows: ${known}` }]
  throw new Problem('workflow.unknown', `There is no workflow "${key}".`, { errors })
}
