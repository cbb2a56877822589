/**
 * Extraction: typed fields out of a document that has been read and classified, or out of a record, each with its
 * value, its chance of being right and its place. Owns the readers and trained scorers of every kind. Must not know how
 * bytes become text, what a catalogue holds, or which values are plausible.
 */
import type { ModelProvider } from '@stageline/connectors'
import {
  BlobRef,
  businessPart,
  DataError,
  DocumentKind,
  DocumentModel,
  documentText,
  Extraction,
  RecordInput,
  recordText,
} from '@stageline/domain'
import { defineStage, type StageContext } from '@stageline/runtime'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { z } from 'zod'
import { extractDocument } from './extract-document.ts'
import type { Models } from './models.ts'
import { askFields } from './provider/ask-fields.ts'
import { extractRecord } from './record/extract-record.ts'

const Input = z.object({
  kind: DocumentKind,
  record: RecordInput.shape.record.optional(),
  /** The stored model of the document. */
  model: BlobRef.optional(),
  category: z.string().optional(),
  categoryConfidence: z.number().min(0).max(1).optional(),
})
type Input = z.infer<typeof Input>

export type ExtractionTools = {
  models: Models
  /** Asked as its settings say; without one the local readers decide alone. */
  provider?: ModelProvider | undefined
}

export const extractionStage = (tools: ExtractionTools) =>
  defineStage({
    name: 'extraction',
    input: Input,
    output: Extraction,
    timeoutMs: 120_000,
    bundle: tools.provider ? 1 : 10,
    concurrency: 2,
    callsOut: tools.provider !== undefined,
    handle: (input, context) => extract(input, context, tools),
  })

async function extract(input: Input, context: StageContext, tools: ExtractionTools): Promise<Extraction> {
  const { kind, record, model } = input
  const asked = { provider: tools.provider, context }
  const category =
    input.category === undefined ? undefined : { name: input.category, confidence: input.categoryConfidence ?? 0.5 }
  if (model) {
    const document = await loadModel(model, context)
    const shown = { text: documentText(document), pages: document.pages }
    return askFields(extractDocument(document, kind, tools.models, category), { kind, shown }, asked)
  }
  if (record) {
    const shown = { text: recordText(record), pages: [] }
    return askFields(extractRecord(record, kind, tools.models, category), { kind, shown }, asked)
  }
  throw new DataError('extraction.nothing_to_extract', 'The input holds neither a read document nor a record')
}

async function loadModel(model: BlobRef, { blobs }: StageContext): Promise<DocumentModel> {
  const bytes = await promisify(gunzip)(await blobs.read(model), { maxOutputLength: MAX_MODEL_BYTES })
  const parsed = DocumentModel.safeParse(JSON.parse(bytes.toString('utf8')))
  if (parsed.success) return businessPart(parsed.data)
  throw new DataError('extraction.unreadable_model', `The stored document model ${model.key} has another form`, {
    cause: parsed.error,
  })
}

/** No document of the accepted size reads into more; a damaged one must not fill the memory. */
const MAX_MODEL_BYTES = 256 * 1024 * 1024
