import { FIELD_LISTS, type DocumentKind } from '@stageline/domain'
import { z } from 'zod'

const Said = z.object({
  value: z.string().nullable().describe('As the document has it; null where it has none'),
  confidence: z.number().describe('How sure you are, 0 to 1'),
})
export type Said = z.infer<typeof Said>

const LineItem = z.object({
  description: z.string().nullable(),
  quantity: z.string().nullable(),
  unit_price: z.string().nullable().describe('Decimal number with a point'),
  line_total: z.string().nullable().describe('Decimal number with a point'),
})
export type SaidLineItem = z.infer<typeof LineItem>

export type SaidDocument = { fields: Record<string, Said>; line_items?: SaidLineItem[] }

/** The fields that documents of a kind should have, as the form of an answer. */
export function answerForm(kind: DocumentKind): z.ZodType<SaidDocument> {
  const { required, optional } = FIELD_LISTS[kind]
  const shape = Object.fromEntries([...required, ...optional].map((name) => [name, Said.describe(hintFor(name))]))
  const fields = z.object(shape)
  return kind === 'invoice' || kind === 'credit_note'
    ? z.object({ fields, line_items: z.array(LineItem) })
    : z.object({ fields })
}

const HINTS: Record<string, string> = {
  currency: 'ISO 4217 code',
  availability: 'InStock or OutOfStock',
  mpn: "The manufacturer's part number",
  gtin: 'GTIN, EAN or UPC, digits only',
  due_amount: 'What remains to be paid; decimal number with a point, no currency',
}

const hintFor = (name: string): string =>
  HINTS[name] ??
  (/total|price|amount/.test(name)
    ? 'Decimal number with a point, no currency'
    : /date/.test(name)
      ? 'ISO 8601: 2026-11-20'
      : name.replaceAll('_', ' '))
