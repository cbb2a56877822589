/**
 * Extraction: typed fields out of a document that has been read and classified, or out of a record, each with its
 * value, its chance of being right and its place. Owns the readers and trained scorers of every kind. Must not know how
 * bytes become text, what a catalogue holds, or which values are plausible.
 */
import {
  BlobRef,
  businessPart,
  DataError,
  DocumentKind,
  DocumentModel,
  Extraction,
  RecordInput,
} from '@stageline/domain'
import { defineStage, type StageContext } from '@stageline/runtime'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { z } from 'zod'
import { extractDocument } from './extract-document.ts'
import type { Models } from './models.ts'
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

export const extractionStage = ({ models }: { models: Models }) =>
  defineStage({
    name: 'extraction',
    input: Input,
    output: Extraction,
    timeoutMs: 120_000,
    bundle: 10,
    concurrency: 2,
    handle: (input, context) => extract(input, context, models),
  })

async function extract(input: Input, context: StageContext, models: Models): Promise<Extraction> {
  const { kind, record, model } = input
  const category =
    input.category === undefined ? undefined : { name: input.category, confidence: input.categoryConfidence ?? 0.5 }
  if (model) return extractDocument(await loadModel(model, context), kind, models, category)
  if (record) return extractRecord(record, kind, models, category)
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
