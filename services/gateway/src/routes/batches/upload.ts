import { RecordMapping, Route, TABLE_CHARSETS } from '@stageline/domain'
import type { BlobRef } from '@stageline/domain'
import type { Request } from 'express'
import { z } from 'zod'
import type { GatewayDeps } from '../../gateway-deps.ts'
import type { Identity } from '../../guard/identity.ts'
import { refuseUnstorable } from '../../http/check-json.ts'
import { cleanName } from '../../http/clean-name.ts'
import { IdempotencyHeader } from '../../http/idempotency.ts'
import { operation } from '../../http/operation.ts'
import { parseWith } from '../../http/parse-with.ts'
import { Problem } from '../../http/problems.ts'
import { readUpload } from '../../http/read-upload.ts'
import { requireWorkflow } from '../jobs/submit-body.ts'
import { beginBatch, BEGUN_ANSWERS } from './begin.ts'
import { RunLimit } from './run.ts'

const truth = z.enum(['true', 'false']).transform((text) => text === 'true')
const column = z.string().min(1).max(200).optional()

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'Expected JSON, such as {"record.mpn": "part_number"}' })
    return z.NEVER
  }
})

const UploadFields = z.strictObject({
  workflow: z.string().min(1).max(63).default('part'),
  name: z.string().min(1).max(200).optional(),
  limit: z.coerce.number().pipe(RunLimit).optional(),
  minPriority: z.coerce.number().min(0).max(1).optional(),
  force: Route.optional(),
  dryRun: truth.default(false),
  mapping: json
    .pipe(RecordMapping.shape.mapping)
    .optional()
    .meta({ description: 'As of a source, as JSON; without it `record` holds all columns' }),
  keyColumn: column,
  priorityColumn: column,
  charset: z.enum(TABLE_CHARSETS).optional().meta({ description: 'Of CSV and JSON lines; default UTF-8' }),
})

const UploadForm = z
  .object({ file: z.string().meta({ format: 'binary', description: 'CSV with a header, JSON lines or XLSX' }) })
  .extend(UploadFields.extend({ mapping: z.string().optional() }).shape)
  .meta({ id: 'BatchUpload' })

export const uploadBatch = operation({
  id: 'uploadBatch',
  method: 'post',
  path: '/v1/batches:upload',
  tag: 'Batches',
  summary: 'Make a batch of the rows of a file',
  description:
    'A source that is used once. Faults are told by their lines. Of a workbook the first visible sheet is read.',
  headers: IdempotencyHeader,
  body: { type: 'multipart/form-data', schema: UploadForm },
  answers: BEGUN_ANSWERS,
  problems: [
    'request.invalid',
    'request.unsupported_type',
    'request.broken_upload',
    'request.bad_key',
    'document.missing',
    'document.empty',
    'document.too_large',
    'workflow.unknown',
    'workflow.inactive',
    'idempotency.other_body',
  ],
  examples: [
    {
      name: 'Parts as CSV',
      body: {
        file: { name: 'parts.csv', content: 'mpn,priority\nNXR-2K2-0402,0.9\n' },
        workflow: 'part',
        keyColumn: 'mpn',
        priorityColumn: 'priority',
      },
      status: 202,
    },
    { name: 'An empty file', body: { file: { name: 'nothing.csv', content: '' } }, status: 422 },
  ],
  handle: async ({ who, request, deps }) => {
    const { fields: sent, stored } = await receive(request, who, deps)
    if (!stored) throw new Problem('document.missing', 'There is no part named "file".')
    try {
      return await begin(stored, sent, { who, request, deps })
    } catch (error) {
      if (error instanceof Problem) await deps.blobs.remove(stored.key)
      throw error
    }
  },
})

const receive = (request: Request, { tenantId }: Identity, { blobs, settings }: GatewayDeps) =>
  readUpload<BlobRef>(request, {
    store: (content, sentName) => {
      const fileName = cleanName(sentName)
      const chunks = { [Symbol.asyncIterator]: () => content.iterator({ destroyOnReturn: false }) }
      const about = { tenantId, mediaType: 'application/octet-stream', maxBytes: settings.maxDocumentBytes }
      return blobs.write(chunks, fileName === undefined ? about : { ...about, fileName })
    },
    undo: ({ key }) => blobs.remove(key),
  })

type Sending = { who: Identity; request: Request; deps: GatewayDeps }

async function begin({ key, bytes, sha256, fileName }: BlobRef, sent: object, sending: Sending) {
  if (bytes === 0) throw new Problem('document.empty', 'The file has no content.')
  refuseUnstorable(sent)
  const {
    workflow,
    name = fileName ?? null,
    limit = null,
    minPriority,
    force = null,
    dryRun,
    ...rest
  } = parseWith(UploadFields, { ...sent })
  const { charset, ...columns } = rest
  await requireWorkflow(sending.deps, sending.who.tenantId, workflow)
  const filter = minPriority === undefined ? {} : { minPriority }
  const wanted = { workflow, limit, filter, force, onlyNew: false, dryRun }
  const origin = { kind: 'upload' as const, key, charset }
  return beginBatch({ name, source: null, origin, columns, request: wanted }, { ...sending, body: { sha256, ...sent } })
}
