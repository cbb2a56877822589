import { newId } from '@stageline/domain'
import type { NewRun } from '@stageline/engine/ports'
import type { Request } from 'express'
import type { GatewayDeps } from '../../gateway-deps.ts'
import type { Identity } from '../../guard/identity.ts'
import { fingerprint, idempotencyKey } from '../../http/idempotency.ts'
import type { Answer } from '../../http/operation.ts'
import { Problem, unknownResource } from '../../http/problems.ts'
import { BatchAnswer, showBatch } from './run-answer.ts'

export const BEGUN_ANSWERS = {
  202: {
    description: 'An orchestrator reads the source from now on',
    schema: BatchAnswer,
    headers: { Location: 'Where to see how far it is' },
  },
  200: {
    description: 'The same request came before: this is its batch',
    schema: BatchAnswer,
    headers: { Location: 'Where to see how far it is', 'Idempotency-Replayed': '`true`' },
  },
}

type Beginning = { request: Request; who: Identity; deps: GatewayDeps; body: unknown }

/**
 * Begins a run, or finds the one that the same request began.
 * @throws Problem `batch.under_way`, `idempotency.other_body`, `request.bad_key`
 */
export async function beginBatch(
  run: Omit<NewRun, 'id' | 'preview' | 'actor'>,
  { request, who, deps, body }: Beginning,
): Promise<Answer> {
  const { tenantId, actor } = who
  const key = idempotencyKey(request)
  const idempotency = key === undefined ? null : { key, fingerprint: fingerprint(body) }
  const begun = await deps.runs.begin(tenantId, { ...run, id: newId(), preview: false, actor }, idempotency)
  if (begun.kind === 'busy')
    throw new Problem('batch.under_way', `Another batch takes the new records of "${run.source}".`)
  if (begun.kind === 'other_body')
    throw new Problem('idempotency.other_body', 'The key belongs to a batch with another request.', {
      more: { batchId: begun.id },
    })
  const [batch, view] = await Promise.all([deps.reader.batch(tenantId, begun.id), deps.runs.get(tenantId, begun.id)])
  if (!batch) throw unknownResource()
  const isNew = begun.kind === 'begun'
  const headers = { Location: `/v1/batches/${begun.id}`, ...(isNew ? {} : { 'Idempotency-Replayed': 'true' }) }
  return { status: isNew ? 202 : 200, body: showBatch(batch, deps.now(), view), headers }
}
