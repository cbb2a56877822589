import { DataError, StructuredPart, type BlobRef, type DocumentKind, type Fields } from '@stageline/domain'
import type { StageContext } from '@stageline/runtime'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { z } from 'zod'

type Read = {
  kind: DocumentKind
  fields: Fields
  document?: BlobRef | undefined
  model?: BlobRef | undefined
}

/**
 * The e-invoice that a document is or carries; undefined where it has none. Only documents that look like having one are
 * loaded: models of long ones are large.
 *
 * @throws DataError `scoring.unreadable_model`
 */
export async function loadEInvoice(
  read: Read,
  { blobs }: Pick<StageContext, 'blobs'>,
): Promise<StructuredPart | undefined> {
  if (!read.model || !isInvoice(read.kind) || !hasMachineData(read)) return undefined
  const bytes = await promisify(gunzip)(await blobs.read(read.model), { maxOutputLength: MAX_MODEL_BYTES })
  const parsed = StoredModel.safeParse(JSON.parse(bytes.toString('utf8')))
  if (parsed.success) return parsed.data.structured.find(({ form }) => form === 'ubl' || form === 'cii')
  throw new DataError('scoring.unreadable_model', `The stored document model ${read.model.key} has another form`, {
    cause: parsed.error,
  })
}

/** As much of a document model as is needed here. */
const StoredModel = z.object({ structured: z.array(StructuredPart) })

const isInvoice = (kind: DocumentKind): boolean => kind === 'invoice' || kind === 'credit_note'

/** Fields were read from XML, or there is nothing but XML, however little of it could be read. */
const hasMachineData = ({ fields, document }: Read): boolean =>
  Object.values(fields).some(({ source }) => source?.method === 'structured') ||
  /\bxml\b/.test(document?.mediaType ?? '')

/** No document of the accepted size reads into more; a damaged one must not fill the memory. */
const MAX_MODEL_BYTES = 256 * 1024 * 1024
