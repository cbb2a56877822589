import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { AcceptedMediaType } from '../packages/documents/src/index.ts'
import { docxTable, makeDocx, makeXlsx, paragraph, sheetRow } from '../packages/documents/src/testing/make-office.ts'
import { readRows } from './data.ts'

export type Sample = { bytes: Uint8Array; mediaType: AcceptedMediaType }

const TEXTS = 40
const SCANS = 8
const LISTS = 10
/** A spreadsheet of so many rows, as a price list has. */
const ROWS = 1_000

/** Documents by kind, loaded when they are asked for. Of kinds that the data do not hold, made of texts of the data. */
export const throughputSamples = (dir: string): Record<string, () => Sample[]> => ({
  'text-pdf': () => files(dir, 'einvoice', 'application/pdf', (file) => file.endsWith('.pdf')),
  scan: () =>
    readRows<{ id: string }>(dir, 'sroie/items.ndjson')
      .map(({ id }) => join(dir, 'sroie/images', `${id}.jpg`))
      .filter((file) => existsSync(file))
      .slice(0, SCANS)
      .map((file) => ({ bytes: readFileSync(file), mediaType: 'image/jpeg' })),
  html: () => files(dir, 'product-pages', 'text/html', () => true),
  xml: () => files(dir, 'einvoice', 'application/xml', (file) => file.endsWith('.xml')),
  docx: () =>
    readRows<{ text: string }>(dir, 'doctype/items.ndjson')
      .slice(0, TEXTS)
      .map(({ text }) => ({ bytes: letter(text), mediaType: DOCX })),
  xlsx: () => {
    const bytes = priceList(dir)
    return Array.from({ length: LISTS }, () => ({ bytes, mediaType: XLSX }))
  },
})

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

function files(dir: string, set: string, mediaType: AcceptedMediaType, isWanted: (file: string) => boolean): Sample[] {
  return readRows<{ file: string }>(dir, `${set}/items.ndjson`)
    .filter(({ file }) => isWanted(file))
    .slice(0, TEXTS)
    .map(({ file }) => {
      const bytes = readFileSync(join(dir, set, file))
      return { bytes: file.endsWith('.gz') ? gunzipSync(bytes) : bytes, mediaType }
    })
}

function letter(text: string): Uint8Array {
  const lines = text.split('\n').map(escaped)
  return makeDocx(lines.map(paragraph).join('') + docxTable(lines.slice(0, 20).map((line) => line.split(/\s{2,}/))))
}

function priceList(dir: string): Uint8Array {
  const parts = readRows<{ mpn: string; description: string }>(dir, 'parts-digikey/items.ndjson').slice(0, ROWS)
  const rows = parts.map(({ mpn, description }, index) =>
    sheetRow(index + 2, [escaped(mpn), escaped(description), index / 100]),
  )
  return makeXlsx({ sheets: [{ name: 'Parts', rows: sheetRow(1, ['mpn', 'description', 'price']) + rows.join('') }] })
}

const escaped = (text: string): string =>
  text
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
