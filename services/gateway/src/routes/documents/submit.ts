import { z } from 'zod'
import { IdempotencyHeader } from '../../http/idempotency.ts'
import { operation } from '../../http/operation.ts'
import { preferredWaitMs, waitUntilSettled } from '../../http/prefer-wait.ts'
import { CorrelationHeader } from '../../http/request-marks.ts'
import { ACCEPTED_ANSWERS, answerAccepted } from '../jobs/accepted.ts'
import { acceptDocument, UploadFields } from './accept-document.ts'

const UploadForm = z
  .object({ file: z.string().meta({ format: 'binary', description: 'The document; its type is told by its content' }) })
  .extend(UploadFields.shape)
  .meta({ id: 'Upload' })

const invoice = { name: 'invoice.csv', content: 'position,quantity,price\n1,10,1.25\n' }

export const submitDocument = operation({
  id: 'submitDocument',
  method: 'post',
  path: '/v1/documents',
  tag: 'Documents',
  summary: 'Upload a document and submit it',
  description:
    'PDF, TIFF, PNG, JPEG, DOCX, XLSX, mail, HTML, XML, CSV, JSON or plain text, told apart by content. The fields may also stand in the address. Equal requests with one `Idempotency-Key` make one job; equal means the same bytes and fields.',
  query: z.strictObject({
    workflow: z.string().max(63).optional(),
    priority: z.string().max(20).optional(),
    businessKey: z.string().max(200).optional(),
    tags: z.string().max(1000).optional(),
  }),
  headers: IdempotencyHeader.extend(CorrelationHeader.shape),
  body: { type: 'multipart/form-data', schema: UploadForm },
  answers: ACCEPTED_ANSWERS,
  problems: [
    'request.invalid',
    'request.unsupported_type',
    'request.broken_upload',
    'request.bad_key',
    'document.missing',
    'document.empty',
    'document.unsupported_type',
    'document.too_large',
    'workflow.unknown',
    'workflow.inactive',
    'input.invalid',
    'limit.open_jobs',
    'limit.daily_tasks',
    'service.full',
    'idempotency.in_flight',
    'idempotency.other_body',
  ],
  examples: [
    { name: 'A list as CSV', body: { file: invoice, businessKey: 'LIST-7' }, status: 202 },
    { name: 'An empty file', body: { file: { name: 'nothing.pdf', content: '' } }, status: 422 },
    {
      name: 'A file of an unknown kind',
      body: { file: { name: 'archive.pdf', content: 'PK\u0003\u0004' } },
      status: 415,
    },
  ],
  handle: async ({ query, who, request, response, deps }) => {
    const outcome = await acceptDocument({ deps, who, request, response }, query)
    const answer = answerAccepted(outcome)
    await waitUntilSettled(deps.reader, who.tenantId, answer.body, preferredWaitMs(request), response)
    return answer
  },
})
