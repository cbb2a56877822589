import { z } from 'zod'
import { ModelCalls } from './model-call.ts'

/**
 * The one document model that every reader produces and every stage understands, and the schemas that stages hand
 * on to each other. Bytes and models stay in the blob store; what travels between stages is a reference.
 */

export const BlobRef = z.object({
  key: z.string().min(1).max(200),
  sha256: z.string().length(64),
  bytes: z.number().int().nonnegative(),
  mediaType: z.string().max(200),
  /** The name that the sender gave; shown to people, never used as a path. */
  fileName: z.string().max(300).optional(),
})
export type BlobRef = z.infer<typeof BlobRef>

/** Left, top, right, bottom in the unit of the page (`width` and `height` of the page give the scale). */
export const Box = z.tuple([z.number(), z.number(), z.number(), z.number()])
export type Box = z.infer<typeof Box>

export const Word = z.object({ text: z.string(), box: Box, confidence: z.number().min(0).max(1).optional() })
export type Word = z.infer<typeof Word>

/** From place `at` of a line's text on: the elements of the markup that the text stands in, innermost first. */
export const Mark = z.object({ at: z.number().int().nonnegative(), path: z.string() })
export type Mark = z.infer<typeof Mark>

/**
 * A printed line: words that a reader sees side by side. `box` and `words` are absent where the format has no places;
 * `marks` are there for figures and headings of markup.
 */
export const Line = z.object({
  text: z.string(),
  box: Box.optional(),
  words: z.array(Word).optional(),
  marks: z.array(Mark).optional(),
})
export type Line = z.infer<typeof Line>

export const Table = z.object({
  page: z.number().int().positive(),
  header: z.array(z.string()),
  rows: z.array(z.array(z.string())),
})
export type Table = z.infer<typeof Table>

export const Page = z.object({
  number: z.number().int().positive(),
  /** Points for PDF, pixels for images, 0 where the format has no pages. */
  width: z.number().nonnegative(),
  height: z.number().nonnegative(),
  /** How the text came to be known. */
  origin: z.enum(['text', 'ocr', 'markup']),
  lines: z.array(Line),
})
export type Page = z.infer<typeof Page>

/** Data that the document carries in a form made for machines, as a JSON tree. */
export const StructuredPart = z.object({
  /**
   * `ubl` and `cii`: e-invoice XML; `json-ld`, `microdata`, `opengraph`, `meta`: what HTML says to everybody; `script` and
   * `attributes`: what it says to its own programs, as far as it is about goods; `json`: the document itself.
   */
  form: z.enum(['ubl', 'cii', 'xml', 'json-ld', 'microdata', 'opengraph', 'meta', 'script', 'attributes', 'json']),
  /** Where it was found: `document`, or the name of the file attached to a PDF or a mail. */
  from: z.string(),
  data: z.unknown(),
})
export type StructuredPart = z.infer<typeof StructuredPart>

export const DocumentModel = z.object({
  /** Name and version of the reader, so that a stored model says whether it is stale. */
  reader: z.string(),
  mediaType: z.string(),
  pages: z.array(Page),
  tables: z.array(Table),
  structured: z.array(StructuredPart),
  /** Of a mail: the file in it that was read, too. Its pages stand from `firstPage` on, behind those of the mail. */
  attachment: z.object({ name: z.string(), mediaType: z.string(), firstPage: z.number().int().positive() }).optional(),
  /** Title, author, producer, charset … as the file tells. */
  metadata: z.record(z.string(), z.string()),
  warnings: z.array(z.string()),
})
export type DocumentModel = z.infer<typeof DocumentModel>

/** All lines of a document in reading order, one a line. */
export const documentText = (model: DocumentModel): string =>
  model.pages.flatMap((page) => page.lines.map((line) => line.text)).join('\n')

/**
 * The part of a document that its kind and its fields are read from: of a mail the file in it, of anything else all.
 * Page numbers stay those of the whole.
 */
export function businessPart({ attachment, ...model }: DocumentModel): DocumentModel {
  if (!attachment) return model
  const { mediaType, firstPage } = attachment
  return {
    ...model,
    mediaType,
    pages: model.pages.filter(({ number }) => number >= firstPage),
    tables: model.tables.filter(({ page }) => page >= firstPage),
  }
}

export const DOCUMENT_KINDS = [
  'receipt',
  'invoice',
  'credit_note',
  'product_page',
  'part_record',
  'product_record',
  'datasheet',
  'other',
] as const
export const DocumentKind = z.enum(DOCUMENT_KINDS)
export type DocumentKind = z.infer<typeof DocumentKind>

export const FieldValue = z.union([z.string(), z.number(), z.boolean(), z.null()])
export type FieldValue = z.infer<typeof FieldValue>

/** Where a value came from, so that a person can look at the place. */
export const FieldSource = z.object({
  /** `text`: read from lines; `structured`: read from machine data; `record`: in the submitted record; `catalog`: filled from a catalogue row; `rule`: computed; `person`: entered by somebody; `model`: said by a model provider; `service`: looked up at an outside service. */
  method: z.enum(['text', 'structured', 'record', 'catalog', 'rule', 'person', 'model', 'service']),
  page: z.number().int().positive().optional(),
  box: Box.optional(),
  /** The printed text that the value was read from, at most a line. */
  text: z.string().max(500).optional(),
  /** A path in structured data, a key of a catalogue row, or the name of a rule. */
  path: z.string().max(300).optional(),
  /** `false`: a model provider said it, but it was not found in what the model was shown. */
  grounded: z.boolean().optional(),
  /** `model`: which one, as `<provider>/<model>`, and what its confidence counted for before verdicts of people did. */
  model: z.string().max(300).optional(),
  said: z.number().min(0).max(1).optional(),
  /** Where an outside service gave it, without keys, and when. */
  url: z.string().max(2_000).optional(),
  at: z.iso.datetime().optional(),
})
export type FieldSource = z.infer<typeof FieldSource>

/**
 * Amounts are decimal strings with a point (`"1234.50"`), dates ISO (`"2026-11-20"`), currencies ISO 4217: never
 * floating-point numbers. `printed` keeps what stood in the document where that differs.
 */
export const Field = z.object({
  value: FieldValue,
  confidence: z.number().min(0).max(1),
  source: FieldSource.optional(),
  printed: z.string().max(500).optional(),
})
export type Field = z.infer<typeof Field>

export const Fields = z.record(z.string().max(64), Field)
export type Fields = z.infer<typeof Fields>

/** What workflows over records submit: `fields` of a part, a product, an invoice row … as plain values. */
export const RecordInput = z.object({
  record: z.record(z.string().max(64), z.union([FieldValue, z.array(FieldValue)])),
})
export type RecordInput = z.infer<typeof RecordInput>

/** A record as a reader would write it down, a field a line; for whoever reads text only. */
export const recordText = (record: RecordInput['record']): string =>
  Object.entries(record)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join('\n')

export const DocumentInput = z.object({ document: BlobRef })
export type DocumentInput = z.infer<typeof DocumentInput>

/** The input of the first stage: a stored document, or a record. */
export const StageInput = z.union([DocumentInput, RecordInput])
export type StageInput = z.infer<typeof StageInput>

/** Output of classification. `model` is the stored {@link DocumentModel}; absent for records. */
export const Classification = z.object({
  kind: DocumentKind,
  confidence: z.number().min(0).max(1),
  probabilities: z.partialRecord(DocumentKind, z.number().min(0).max(1)),
  model: BlobRef.optional(),
  /** Part and product records: the kind of article, with its probability. */
  category: z.string().optional(),
  categoryConfidence: z.number().min(0).max(1).optional(),
  /** Part records: the family within the category, with the probability that both are right. */
  family: z.string().optional(),
  familyConfidence: z.number().min(0).max(1).optional(),
  modelCalls: ModelCalls,
})
export type Classification = z.infer<typeof Classification>

/** Output of extraction. */
export const Extraction = z.object({
  fields: Fields,
  lineItems: z.array(Fields),
  modelCalls: ModelCalls,
})
export type Extraction = z.infer<typeof Extraction>

export const CATALOG_KINDS = ['part', 'vendor', 'product'] as const
export const CatalogKind = z.enum(CATALOG_KINDS)
export type CatalogKind = z.infer<typeof CatalogKind>

/** A row of reference data. `key` is what is looked up exactly (part number, VAT id, GTIN), `name` what people call it. */
export const CatalogItem = z.object({
  kind: CatalogKind,
  key: z.string().min(1).max(200),
  name: z.string().max(500),
  attributes: z.record(z.string().max(64), FieldValue),
})
export type CatalogItem = z.infer<typeof CatalogItem>

export const CatalogMatch = z.object({
  /** The outside service that gave it; absent for a row of the tenant's own catalogue. */
  source: z.string().max(64).optional(),
  kind: CatalogKind,
  key: z.string(),
  name: z.string(),
  method: z.enum(['exact', 'prefix', 'trigram']),
  /** 1 for exact, otherwise the trigram similarity of the key or the name (Postgres pg_trgm). */
  similarity: z.number().min(0).max(1),
  /** Chance that the row is the same thing, where that was measured: rows recognised by a number have none. */
  certainty: z.number().min(0).max(1).optional(),
})
export type CatalogMatch = z.infer<typeof CatalogMatch>

/**
 * Output of enrichment: `fields` is the whole map, the added ones with source `catalog`, `service` or `model`. Values that were there are kept;
 * where one catalogue row has several of them, their confidence is higher than before.
 */
export const Enrichment = z.object({
  fields: Fields,
  /** Names of the fields that were filled. */
  filled: z.array(z.string()),
  matches: z.array(CatalogMatch),
  modelCalls: ModelCalls,
})
export type Enrichment = z.infer<typeof Enrichment>

export const Check = z.object({
  name: z.string(),
  /** `not_applicable` where a value that the check needs is missing. */
  outcome: z.enum(['passed', 'failed', 'not_applicable']),
  /** Share of this check in the score; 0 to 1. */
  weight: z.number().min(0).max(1),
  /** A failed blocking check always goes to a person. */
  blocking: z.boolean(),
  /** The values it looked at. */
  inputs: z.record(z.string(), z.union([FieldValue, z.array(FieldValue)])),
  /** What was expected and what was found, in a sentence for people. */
  detail: z.string(),
})
export type Check = z.infer<typeof Check>

/** Output of scoring, and the result of the built-in workflows: the final values beside what was checked. */
export const Scoring = z.object({
  kind: DocumentKind,
  fields: Fields,
  lineItems: z.array(Fields),
  checks: z.array(Check),
  /** Names of failed checks; the same list that a decision names. */
  failedChecks: z.array(z.string()),
  /** How many blocking checks failed. */
  blockingFailures: z.number().int().nonnegative(),
  /** Filled share of the fields that the kind of document should have, required ones counting double. */
  completeness: z.number().min(0).max(1),
  /**
   * Chance that every required field is right: the product of their confidences, times that of the kind.
   * Totals that add up count as confirming each other.
   */
  confidence: z.number().min(0).max(1),
  /** 0 (can wait) to 1 (look first). */
  priority: z.number().min(0).max(1),
  /** Name and version of the formulas of the four shares and the checks; a changed one gets a new name. */
  formula: z.string(),
  /** Weighted share of checks passed times completeness. */
  score: z.number().min(0).max(1),
})
export type Scoring = z.infer<typeof Scoring>
