/**
 * Classification: what kind of document or record came in. Owns reading a document into its model, which it stores for
 * the stages after it, and the trained models of kinds and categories. Must not know which fields a kind has.
 */
import type { ModelProvider } from '@stageline/connectors'
import {
  BlobRef,
  businessPart,
  Classification,
  DataError,
  documentText,
  RecordInput,
  recordText,
  type DocumentModel,
} from '@stageline/domain'
import { READING_TIME, type DocumentReader } from '@stageline/documents'
import { defineStage, type StageContext } from '@stageline/runtime'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { z } from 'zod'
import { askKind } from './ask-kind.ts'
import { classifyDocument } from './classify-document.ts'
import { classifyRecord } from './classify-record.ts'
import type { Models } from './models.ts'

const Input = z.object({ document: BlobRef.optional(), record: RecordInput.shape.record.optional() })
type Input = z.infer<typeof Input>

export type ClassificationTools = {
  reader: Pick<DocumentReader, 'read'>
  models: Models
  /** Asked as its settings say; without one the local models decide alone. */
  provider?: ModelProvider | undefined
}

const AT_ONCE = 2

/**
 * Documents are read in turns, and the reader tells which one is too slow: it must have the time to, also for the one
 * that waited for it. Were this the first to end, the slow document would be tried again and its neighbour blamed.
 */
const CLASSIFICATION_TIME_MS = (AT_ONCE + 1) * READING_TIME.pages

export const classificationStage = (tools: ClassificationTools) =>
  defineStage({
    name: 'classification',
    input: Input,
    output: Classification,
    timeoutMs: CLASSIFICATION_TIME_MS,
    bundle: 1,
    concurrency: AT_ONCE,
    callsOut: tools.provider !== undefined,
    handle: (input, context) => classify(input, context, tools),
  })

async function classify(
  { document, record }: Input,
  context: StageContext,
  { reader, models, provider }: ClassificationTools,
): Promise<Classification> {
  if (document) {
    const read = await readDocument(document, context, reader)
    const business = businessPart(read)
    const kind = await askKind(classifyDocument(business, models), documentText(business), { provider, context })
    return { ...kind, model: await store(read, document, context) }
  }
  if (record) return askKind(classifyRecord({ record }, models), recordText(record), { provider, context })
  throw new DataError('classification.nothing_to_classify', 'The input holds neither a document nor a record')
}

async function readDocument(
  document: BlobRef,
  { blobs, signal }: StageContext,
  reader: ClassificationTools['reader'],
): Promise<DocumentModel> {
  const bytes = await blobs.read(document)
  const { mediaType, fileName } = document
  return reader.read(bytes, { mediaType, ...(fileName === undefined ? {} : { fileName }) }, { signal })
}

async function store(model: DocumentModel, document: BlobRef, { blobs }: StageContext): Promise<BlobRef> {
  const bytes = await promisify(gzip)(JSON.stringify(model))
  return blobs.put(bytes, { derivedFrom: document.key, name: 'model.json.gz', mediaType: 'application/gzip' })
}
