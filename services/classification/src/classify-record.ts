import type { Classification, DocumentKind, RecordInput } from '@stageline/domain'
import { classifyPart } from './classify-part.ts'
import { classifyProduct } from './classify-product.ts'
import { keysKind } from './keys-kind.ts'
import type { Models } from './models.ts'

/** The kind of a submitted record, by the names of its fields; parts and products also get their category. */
export function classifyRecord({ record }: RecordInput, models: Models): Classification {
  const filled = Object.keys(record).filter((key) => record[key] !== null && record[key] !== '')
  const { kind, probability } = keysKind(filled) ?? { kind: 'other' as const, probability: 0.5 }
  const probabilities: Partial<Record<DocumentKind, number>> = { [kind]: probability }
  if (kind === 'product_record')
    return { kind, confidence: probability, probabilities, ...classifyProduct(record, models) }
  if (kind !== 'part_record') return { kind, confidence: probability, probabilities }
  const part = {
    mpn: textOf(record, /^(mpn|part_?n|manufacturer_?part)/i),
    description: textOf(record, /desc|bezeich|beschreib|^name$/i),
  }
  return { kind, confidence: probability, probabilities, ...classifyPart(part, models) }
}

function textOf(record: RecordInput['record'], name: RegExp): string {
  const value = Object.entries(record).find(([key]) => name.test(key))?.[1]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
