import { trustIn, type CallContext, type ModelProvider } from '@stageline/connectors'
import {
  completenessOf,
  FIELD_LISTS,
  nameOfModel,
  type DocumentKind,
  type Extraction,
  type Field,
  type Fields,
  type ModelTrust,
} from '@stageline/domain'
import type { StageContext } from '@stageline/runtime'
import { normalised } from '../record/extract-record.ts'
import { answerForm, type SaidDocument } from './answer-form.ts'
import { placeOfValue, type Shown } from './place-of-value.ts'
import { settleFields } from './settle-fields.ts'

type AskingContext = CallContext & Pick<StageContext, 'modelTrust'>

/** Asks the model where its settings say so, and settles it with what was read here. */
export async function askFields(
  local: Extraction,
  { kind, shown }: { kind: DocumentKind; shown: Shown },
  { provider, context }: { provider: ModelProvider | undefined; context: AskingContext },
): Promise<Extraction> {
  if (!provider || shown.text.trim() === '' || !isAsked(local, kind, provider)) return local
  const question = {
    template: 'extraction-v1',
    instructions: `Read the fields of a document of the kind ${kind.replaceAll('_', ' ')}.`,
    text: shown.text,
    schema: answerForm(kind),
  }
  const trust = await context.modelTrust()
  const { value, call } = await provider.ask(question, context)
  const speaker = { shown, model: nameOfModel(call), trust }
  const fields = settleFields(local.fields, fieldsOf(value, speaker), provider.mode)
  const keepsItems = local.lineItems.length > 0 && provider.mode === 'low-confidence'
  return { fields, lineItems: keepsItems ? local.lineItems : lineItemsOf(value, speaker, local), modelCalls: [call] }
}

/** With `low-confidence`: a field that should be there is not, or one that is there is unsure. */
function isAsked({ fields }: Extraction, kind: DocumentKind, { mode, threshold }: ModelProvider): boolean {
  const { required, optional } = FIELD_LISTS[kind]
  if (required.length + optional.length === 0) return false
  if (mode === 'always') return true
  const isComplete = completenessOf(fields, { required, optional: [] }) === 1
  return !isComplete || Object.values(fields).some(({ confidence }) => confidence < threshold)
}

/** The model that answered, how far it is to be believed, and what it was shown. */
type Speaker = { shown: Shown; model: string; trust: ModelTrust }

const fieldsOf = ({ fields }: SaidDocument, speaker: Speaker): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, { value, confidence }]) => {
      const field = fieldOf(name, value, confidence, speaker)
      return field ? [[name, field]] : []
    }),
  )

function fieldOf(name: string, answer: string | null, confidence: number, speaker: Speaker): Field | undefined {
  const text = answer?.replaceAll('\0', '').toWellFormed().trim().slice(0, MAX_LENGTH)
  if (!text) return undefined
  const value = normalised(name, text)
  const { shown, model, trust } = speaker
  const place = placeOfValue(name, String(value), shown)
  const said = trustIn(confidence, place.grounded !== false)
  return { value, confidence: trust({ model, field: name, said }), source: { ...place, model, said } }
}

/** No field is longer; a text without end would only cost time. */
const MAX_LENGTH = 2_000
const MAX_ITEMS = 1_000

/** A model says nothing of how sure it is of a line; as sure as of the average field. */
function lineItemsOf({ fields, line_items: items }: SaidDocument, speaker: Speaker, local: Extraction): Fields[] {
  if (!items) return local.lineItems
  const said = Object.values(fields).filter(({ value }) => value !== null)
  const average = said.reduce((sum, { confidence }) => sum + confidence, 0) / Math.max(1, said.length)
  return items.slice(0, MAX_ITEMS).flatMap((item) => {
    const row = Object.entries(item).map(([name, value]) => [name, { value, confidence: average }])
    const read = fieldsOf({ fields: Object.fromEntries(row) }, speaker)
    return Object.keys(read).length > 0 ? [read] : []
  })
}
