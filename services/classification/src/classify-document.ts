import {
  DOCUMENT_KINDS,
  documentText,
  type Classification,
  type DocumentKind,
  type DocumentModel,
} from '@stageline/domain'
import { classifyPart } from './classify-part.ts'
import { classifyTitle } from './classify-product.ts'
import type { Models } from './models.ts'
import { structuredKind } from './structured-kind.ts'

type Probabilities = Partial<Record<DocumentKind, number>>

/** The kind of a document: what its text looks like, overruled by what its machine-readable parts say. */
export function classifyDocument(document: DocumentModel, models: Models): Omit<Classification, 'model'> {
  const probabilities = withEvidence(textProbabilities(document, models), document)
  const kind = DOCUMENT_KINDS.reduce((best, other) =>
    (probabilities[other] ?? 0) > (probabilities[best] ?? 0) ? other : best,
  )
  return { kind, confidence: probabilities[kind] ?? 0, probabilities, ...articleCategory(kind, document, models) }
}

function articleCategory(
  kind: DocumentKind,
  document: DocumentModel,
  models: Models,
): Pick<Classification, 'category' | 'categoryConfidence'> {
  if (kind === 'part_record') return classifyPart(partOf(document), models)
  return kind === 'product_record' ? classifyTitle(titleOf(document), models) : {}
}

function textProbabilities(document: DocumentModel, models: Models): Probabilities {
  const text = documentText(document)
  if (text.trim() === '') return { other: 0.5 }
  const known = new Set<string>(DOCUMENT_KINDS)
  const scores = models.kind.predict(text).filter(({ label }) => known.has(label))
  return Object.fromEntries(scores.map(({ label, probability }) => [label, probability]))
}

/** The evidence counts with its own certainty; the text shares out the rest. */
function withEvidence(fromText: Probabilities, document: DocumentModel): Probabilities {
  const evidence = structuredKind(document)
  if (!evidence) return round(fromText)
  const share = 1 - evidence.probability
  const mixed = Object.fromEntries(Object.entries(fromText).map(([kind, probability]) => [kind, probability * share]))
  return round({ ...mixed, [evidence.kind]: (mixed[evidence.kind] ?? 0) + evidence.probability })
}

const round = (probabilities: Probabilities): Probabilities =>
  Object.fromEntries(
    Object.entries(probabilities).map(([kind, probability]) => [kind, Math.min(1, Number(probability.toFixed(4)))]),
  )

/** Part number and description of the first row, or of the first line. */
function partOf(document: DocumentModel): { mpn: string; description: string } {
  const described = inFirstRow(document, /desc|bezeich|beschreib/i)
  if (described) return { mpn: inFirstRow(document, /mpn|part/i), description: described }
  const [line = ''] = documentText(document).split('\n')
  const [mpn = '', ...rest] = line.split(/[\s,;|]+/)
  return { mpn, description: rest.join(' ') }
}

/** The product of the first row, or the first line. */
const titleOf = (document: DocumentModel): string =>
  inFirstRow(document, /^(product_?\s?)?(name|title)$/i) || (documentText(document).split('\n')[0] ?? '')

const inFirstRow = ({ tables: [table] }: DocumentModel, column: RegExp): string =>
  table?.rows[0]?.[table.header.findIndex((header) => column.test(header))] ?? ''
