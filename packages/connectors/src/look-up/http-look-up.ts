import type { FieldValue } from '@stageline/domain'
import { expectOk } from '../http/expect-ok.ts'
import type { Outbound } from '../http/outbound.ts'
import type { LookUp } from './look-up.ts'
import type { LookUpSettings } from './look-up-settings.ts'
import { readJson, valueAt } from './read-json.ts'
import { fillTemplate } from './url-template.ts'

const MAX_BYTES = 1_000_000
const LONGEST = 2_000

/** An address of your own that answers with JSON about one thing, or 404. Undefined where none is configured. */
export function httpLookUp(settings: LookUpSettings, outbound: Outbound): LookUp | undefined {
  const { HTTP_LOOKUP_URL: template, HTTP_LOOKUP_FIELDS: fields, HTTP_LOOKUP_TOKEN: token } = settings
  const kind = settings.HTTP_LOOKUP_KIND
  if (!template || fields.length === 0) return undefined
  return {
    name: 'http',
    kinds: [kind],
    offers: fields.map(([name]) => name),
    async find(query, subject, { signal, now }) {
      const url = fillTemplate(template, { ...subject, ...query })
      if (!url) return []
      const headers = { accept: 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }
      const answer = await outbound.call(url, { headers, signal, maxBytes: MAX_BYTES })
      if (answer.status === 404 || answer.status === 410) return []
      const { key, name, ...attributes } = read(readJson(expectOk(answer, now)), fields)
      // Without a key of its own it is taken at its word: it answered for what was asked.
      const itsKey = key ?? query.key
      if (itsKey === undefined || (Object.keys(attributes).length === 0 && name === undefined)) return []
      const item = { kind, key: String(itsKey), name: String(name ?? itsKey), attributes }
      return [{ item, url: `${url.origin}${url.pathname}` }]
    },
  }
}

const read = (body: unknown, fields: LookUpSettings['HTTP_LOOKUP_FIELDS']): Record<string, FieldValue> =>
  Object.fromEntries(
    fields.flatMap(([name, pointer]) => {
      const value = valueAt(body, pointer)
      return isFieldValue(value) ? [[name, clean(value)]] : []
    }),
  )

const isFieldValue = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))

const clean = (value: string | number | boolean) =>
  typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed().trim().slice(0, LONGEST) : value
