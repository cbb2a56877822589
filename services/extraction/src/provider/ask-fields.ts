import { trustIn, type CallContext, type ModelProvider } from '@stageline/connectors'
import {
  completenessOf,
  FIELD_LISTS,
  type DocumentKind,
  type Extraction,
  type Field,
  type Fields,
} from '@stageline/domain'
import { normalised } from '../record/extract-record.ts'
import { answerForm, type SaidDocument } from './answer-form.ts'
import { placeOfValue, type Shown } from './place-of-value.ts'
import { settleFields } from './settle-fields.ts'

/** Asks the model where its settings say so, and settles it with what was read here. */
export async function askFields(
  local: Extraction,
  { kind, shown }: { kind: DocumentKind; shown: Shown },
  { provider, context }: { provider: ModelProvider | undefined; context: CallContext },
): Promise<Extraction> {
  if (!provider || shown.text.trim() === '' || !isAsked(local, kind, provider)) return local
  const question = {
    template: 'extraction-v1',
    instructions: `Read the fields of a document of the kind ${kind.replaceAll('_', ' ')}.`,
    text: shown.text,
    schema: answerForm(kind),
  }
  const { value, call } = await provider.ask(question, context)
  const fields = settleFields(local.fields, fieldsOf(value, shown), provider.mode)
  const keepsItems = local.lineItems.length > 0 && provider.mode === 'low-confidence'
  return { fields, lineItems: keepsItems ? local.lineItems : lineItemsOf(value, shown, local), modelCalls: [call] }
}

/** With `low-confidence`: a field that should be there is not, or one that is there is unsure. */
function isAsked({ fields }: Extraction, kind: DocumentKind, { mode, threshold }: ModelProvider): boolean {
  const { required, optional } = FIELD_LISTS[kind]
  if (required.length + optional.length === 0) return false
  if (mode === 'always') return true
  const isComplete = completenessOf(fields, { required, optional: [] }) === 1
  return !isComplete || Object.values(fields).some(({ confidence }) => confidence < threshold)
}

const fieldsOf = ({ fields }: SaidDocument, shown: Shown): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, { value, confidence }]) => {
      const field = fieldOf(name, value, confidence, shown)
      return field ? [[name, field]] : []
    }),
  )

function fieldOf(name: string, said: string | null, confidence: number, shown: Shown): Field | undefined {
  const text = said?.replaceAll('\0', '').toWellFormed().trim().slice(0, MAX_LENGTH)
  if (!text) return undefined
  const value = normalised(name, text)
  const source = placeOfValue(name, String(value), shown)
  return { value, confidence: trustIn(confidence, source.grounded !== false), source }
}

/** No field is longer; a text without end would only cost time. */
const MAX_LENGTH = 2_000
const MAX_ITEMS = 1_000

/** A model says nothing of how sure it is of a line; as sure as of the average field. */
function lineItemsOf({ fields, line_items: items }: SaidDocument, shown: Shown, local: Extraction): Fields[] {
  if (!items) return local.lineItems
  const said = Object.values(fields).filter(({ value }) => value !== null)
  const average = said.reduce((sum, { confidence }) => sum + confidence, 0) / Math.max(1, said.length)
  return items.slice(0, MAX_ITEMS).flatMap((item) => {
    const row = Object.entries(item).map(([name, value]) => [name, { value, confidence: average }])
    const read = fieldsOf({ fields: Object.fromEntries(row) }, shown)
    return Object.keys(read).length > 0 ? [read] : []
  })
}
