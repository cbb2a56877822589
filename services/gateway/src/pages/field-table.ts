import { FIELD_LISTS, type Field, type FieldSource } from '@stageline/domain'
import { html, type Html } from './html.ts'
import { confidence, plainWord } from './words.ts'

export const fieldTable = (fields: Readonly<Record<string, Field>>, kind: string | undefined): Html =>
  html`<table class="fields">
    <thead>
      <tr>
        <th>Field</th>
        <th>Value</th>
        <th>Confidence</th>
        <th>Source</th>
      </tr>
    </thead>
    <tbody>
      ${inOrder(fields, kind).map(
        ([name, field]) =>
          html`<tr tabindex="0" data-field="${name}">
            <th scope="row">
              ${field.source?.box ? html`<a href="#mark-${name}">${plainWord(name)}</a>` : plainWord(name)}
            </th>
            <td class="value">${showValue(field)}</td>
            <td>${confidence(field.confidence)}</td>
            <td class="note">${sourceText(field.source)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`

/** As the list of the kind names them: what one looks for first stands first. */
function inOrder(fields: Readonly<Record<string, Field>>, kind: string | undefined): [name: string, field: Field][] {
  const list = Object.entries(FIELD_LISTS).find(([key]) => key === kind)?.[1]
  const order = list ? [...list.required, ...list.optional] : []
  const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length)
  return Object.entries(fields).toSorted(([a], [b]) => place(a) - place(b))
}

const showValue = ({ value, printed }: Field): Html =>
  value === null
    ? html`<span class="empty">empty</span>`
    : html`${String(value)}${printed !== undefined && printed !== String(value) && html`<small>printed: ${printed}</small>`}`

const METHODS: Record<FieldSource['method'], string> = {
  text: 'read',
  structured: 'machine data',
  record: 'submitted',
  catalog: 'catalogue',
  rule: 'computed',
  person: 'entered by a person',
  model: 'said by a language model',
  service: 'looked up',
}

export function sourceText(source: FieldSource | undefined): Html | string {
  if (!source) return 'no source found'
  const { method, page, text, path, grounded } = source
  return html`${METHODS[method]}${grounded === false && ', not found in the document'}${page !== undefined && `, page ${page}`}${path !== undefined && html` <code>${path}</code>`}${text !== undefined && html` <q>${text}</q>`}`
}
