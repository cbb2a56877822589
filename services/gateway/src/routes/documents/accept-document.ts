import { DataError, type BlobRef } from '@stageline/domain'
import type { Submitted, SubmitRequest } from '@stageline/engine'
import type { Request, Response } from 'express'
import { z } from 'zod'
import type { GatewayDeps } from '../../gateway-deps.ts'
import type { Identity } from '../../guard/identity.ts'
import { refuseUnstorable } from '../../http/check-json.ts'
import { fingerprint, idempotencyKey } from '../../http/idempotency.ts'
import { parseWith } from '../../http/parse-with.ts'
import { Problem } from '../../http/problems.ts'
import { readUpload } from '../../http/read-upload.ts'
import { requestMarks } from '../../http/request-marks.ts'
import { backlogFull } from '../jobs/accepted.ts'
import { requireWorkflow } from '../jobs/submit-body.ts'
import { storeUpload } from './store-upload.ts'

const tag = z.string().min(1).max(64)

/** What may stand beside the file, in the form or in the address. */
export const UploadFields = z.strictObject({
  workflow: z.string().min(1).max(63).default('document'),
  priority: z.coerce.number().min(0).max(1).optional(),
  businessKey: z.string().min(1).max(200).optional(),
  tags: z
    .string()
    .max(1000)
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(tag).max(20))
    .optional()
    .meta({ description: 'Separated by commas' }),
})
type UploadFields = z.output<typeof UploadFields>

type Upload = { deps: GatewayDeps; who: Identity; request: Request; response: Response }

/**
 * Takes in one file and submits it. Whenever no new job comes of it, the stored bytes are removed again.
 * @throws Problem for everything that is wrong with the upload
 */
export async function acceptDocument(upload: Upload, query: Readonly<Record<string, unknown>>): Promise<Submitted> {
  const { deps, who, request } = upload
  const key = idempotencyKey(request)
  // Only a file under a key may have come before: all others need not even be read where the backlog is full.
  const full = key === undefined ? await deps.engine.backlogFull(who.tenantId) : undefined
  if (full) throw backlogFull(full)
  const { fields: sent, stored: document } = await readUpload(request, {
    store: (content, fileName) => storeUpload(deps, who.tenantId, content, fileName),
    undo: (blob) => deps.blobs.remove(blob.key),
  })
  if (!document) throw new Problem('document.missing', 'There is no part named "file".')
  try {
    const given = { ...query, ...sent }
    refuseUnstorable(given)
    const outcome = await submit(upload, document, parseWith(UploadFields, given), key)
    if (outcome.kind !== 'accepted') await deps.blobs.remove(document.key)
    return outcome
  } catch (error) {
    if (!isUnclear(error)) await deps.blobs.remove(document.key)
    throw error
  }
}

async function submit(
  { deps, who, response }: Upload,
  document: BlobRef,
  fields: UploadFields,
  key: string | undefined,
) {
  const { workflow, priority, businessKey = null, tags = [] } = fields
  const { tenantId, actor } = who
  await requireWorkflow(deps, tenantId, workflow)
  const { traceparent: trace, correlationId } = requestMarks(response)
  const same = { workflow, priority, businessKey, tags, sha256: document.sha256 }
  const idempotency = key === undefined ? null : { operation: 'submitDocument', key, fingerprint: fingerprint(same) }
  const about = { tenantId, actor, origin: 'upload', trace, correlationId, idempotency }
  const request: SubmitRequest = {
    ...about,
    workflow,
    input: { document },
    businessKey,
    tags,
    ...(priority === undefined ? {} : { priority }),
  }
  const [outcome] = await deps.engine.submitJobs([request])
  return outcome!
}

/** After an error of the store the job may exist all the same: its file must then stay. */
const isUnclear = (error: unknown): boolean => !(error instanceof Problem || error instanceof DataError)
