import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { DataError, type DocumentKind, type DocumentModel, type Extraction } from '@stageline/domain'
import type { StageContext } from '@stageline/runtime'
import { shippedModels } from './models.ts'
import { extractionStage } from './stage.ts'

test('a receipt gives company, date, total and currency, each with its place', async () => {
  const { fields } = await extract('receipt', textPage(RECEIPT))

  assert.equal(fields['company']?.value, 'SAMPLE CORNER SHOP SDN BHD')
  assert.equal(fields['date']?.value, '2026-03-02')
  assert.equal(fields['date']?.printed, '02/03/2026')
  assert.equal(fields['total']?.value, '13.50')
  assert.equal(fields['currency']?.value, 'MYR')
  assert.equal(fields['total']?.source?.method, 'text')
  assert.equal(fields['total']?.source?.page, 1)
  assert.ok(fields['total']?.source?.box)
})

test('an attached e-invoice is read by element path and the page is not asked', async () => {
  const data = {
    Invoice: {
      ID: 'R-9',
      IssueDate: '2026-03-02',
      DocumentCurrencyCode: 'EUR',
      LegalMonetaryTotal: { PayableAmount: { '#text': '119.00', '@_currencyID': 'EUR' } },
    },
  }

  const { fields } = await extract('invoice', {
    ...textPage(['Rechnung Nr. 1', 'Gesamtbetrag 5,00']),
    structured: [{ form: 'ubl', from: 'document', data }],
  })

  assert.equal(fields['invoice_number']?.value, 'R-9')
  assert.equal(fields['due_amount']?.value, '119.00')
  assert.deepEqual(fields['due_amount']?.source, {
    method: 'structured',
    path: 'Invoice/LegalMonetaryTotal/PayableAmount',
  })
  assert.equal(fields['gross_total'], undefined)
})

test('a product page gives what its markup says', async () => {
  const data = {
    '@type': 'Product',
    name: 'Exempla Kettle',
    sku: 'EX-17',
    gtin13: '4006381333931',
    brand: { '@type': 'Brand', name: 'Exempla' },
    offers: { '@type': 'Offer', price: '39.90', priceCurrency: 'EUR', availability: 'https://schema.org/OutOfStock' },
  }

  const { fields } = await extract('product_page', {
    ...textPage(['Exempla Kettle', '39,90 €']),
    mediaType: 'text/html',
    structured: [{ form: 'json-ld', from: 'document', data }],
  })

  const found = Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value]))
  assert.deepEqual(found, {
    name: 'Exempla Kettle',
    brand: 'Exempla',
    price: '39.90',
    currency: 'EUR',
    sku: 'EX-17',
    gtin: '4006381333931',
    availability: 'OutOfStock',
  })
})

test('a part record keeps its values and gains what its description says', async () => {
  const record = { 'Part Number': 'ZX-1', Manufacturer: 'Fictive', Description: 'RES 4K7 OHM 1% 0603', package: '0805' }

  const { fields } = await run({ kind: 'part_record', record, category: 'Resistors', categoryConfidence: 0.97 })

  assert.deepEqual(fields['mpn'], { value: 'ZX-1', confidence: 1, source: { method: 'record', path: 'Part Number' } })
  assert.equal(fields['package']?.value, '0805')
  assert.equal(fields['tolerance']?.value, '1%')
  assert.equal(fields['tolerance']?.source?.method, 'text')
  assert.deepEqual(fields['category'], {
    value: 'Resistors',
    confidence: 0.97,
    source: { method: 'rule', path: 'classification' },
  })
})

test('the title of a product gives the attributes of its category, word for word', async () => {
  const title = 'Exempla Organic Peppermint Herbal Tea, 20 Count (Pack of 6)'
  const record = { title, brand: 'Given', price: '4.50' }

  const { fields } = await run({ kind: 'product_record', record, category: 'Tea', categoryConfidence: 0.98 })

  assert.equal(fields['attribute.Brand']?.value, 'Exempla')
  assert.equal(fields['attribute.Net content']?.value, '20 Count')
  assert.equal(fields['attribute.Pack size']?.value, 'Pack of 6')
  assert.deepEqual(fields['attribute.Brand'].source, { method: 'text', path: 'title', text: title })
  assert.equal(fields['brand']?.value, 'Given')
  for (const [name, { value }] of Object.entries(fields))
    if (name.startsWith('attribute.')) assert.ok(title.includes(String(value)), `${name}: ${String(value)}`)
})

for (const [why, category] of [
  ['nobody knows', {}],
  ['is doubtful', { category: 'Tea', categoryConfidence: 0.6 }],
  ['has no attributes', { category: 'Submarines', categoryConfidence: 1 }],
] as const) {
  test(`a product whose category ${why} keeps only what its record says`, async () => {
    const record = { title: 'Exempla Organic Peppermint Herbal Tea, 20 Count', price: '4.50' }

    const { fields } = await run({ kind: 'product_record', record, ...category })

    assert.deepEqual(Object.keys(fields), ['name', 'price'])
  })
}

test('several rows of a table become line items, the first one the fields', async () => {
  const table = {
    page: 1,
    header: ['mpn', 'description'],
    rows: [
      ['A1', 'CAP CER 0.1UF 50V X7R 0603'],
      ['A2', 'LED RED'],
    ],
  }

  const { fields, lineItems } = await extract('part_record', {
    ...textPage(['x']),
    mediaType: 'text/csv',
    tables: [table],
  })

  assert.equal(fields['mpn']?.value, 'A1')
  assert.equal(fields['value']?.value, '100 nF')
  assert.deepEqual(
    lineItems.map((line) => line['mpn']?.value),
    ['A1', 'A2'],
  )
})

test('of a mail the file in it is read, under its own page number', async () => {
  const table = { page: 2, header: ['mpn', 'manufacturer'], rows: [['ZX-1', 'Fictive']] }
  const body = { page: 1, header: ['mpn', 'manufacturer'], rows: [['SIGNATURE', 'Ann']] }

  const { fields } = await extract('part_record', {
    ...textPage(['Subject: parts']),
    mediaType: 'message/rfc822',
    tables: [body, table],
    attachment: { name: 'parts.csv', mediaType: 'text/csv', firstPage: 2 },
  })

  assert.equal(fields['mpn']?.value, 'ZX-1')
})

test('a data sheet gives its part and its maker', async () => {
  const { fields } = await extract(
    'datasheet',
    textPage([
      'Fictive Components GmbH',
      'XQ7402 Low-Dropout Regulator',
      'Data Sheet Rev. 1.2',
      'The XQ7402 is a regulator',
      'VIN 5 V',
    ]),
  )

  assert.equal(fields['mpn']?.value, 'XQ7402')
  assert.equal(fields['manufacturer']?.value, 'Fictive Components GmbH')
  assert.equal(fields['title']?.value, 'XQ7402 Low-Dropout Regulator')
})

test('a document of no known kind has no fields', async () => {
  assert.deepEqual(await extract('other', textPage(RECEIPT)), { fields: {}, lineItems: [] })
})

test('a stored model of another form goes to a person', async () => {
  await assert.rejects(
    () => run({ kind: 'receipt', model: ref }, { pages: 'none' }),
    (error) => error instanceof DataError && error.code === 'extraction.unreadable_model',
  )
})

const RECEIPT = [
  'SAMPLE CORNER SHOP SDN BHD',
  '(123456-X)',
  'NO 1, JALAN CONTOH 2',
  '50000 KUALA LUMPUR',
  'TEL: 03-0000 0000',
  'TAX INVOICE',
  'DATE : 02/03/2026 14:31',
  'MILK  RM 8.20',
  'BREAD  RM 5.30',
  'TOTAL  13.50',
  'CASH  20.00',
  'CHANGE  6.50',
  'THANK YOU',
]

/** Rows of text, set in letters of equal width; wide gaps stay gaps. */
function textPage(rows: string[]): DocumentModel {
  const lines = rows.map((row, index) => {
    const words = [...row.matchAll(/\S+/g)].map((match) => ({
      text: match[0],
      box: [30 + match.index * 6, 40 + index * 14, 30 + (match.index + match[0].length) * 6, 50 + index * 14] as [
        number,
        number,
        number,
        number,
      ],
    }))
    const [first, last] = [words[0]!, words.at(-1)!]
    return {
      text: row.trim(),
      words,
      box: [first.box[0], first.box[1], last.box[2], last.box[3]] as [number, number, number, number],
    }
  })
  return {
    reader: 'test',
    mediaType: 'application/pdf',
    pages: [{ number: 1, width: 595, height: 842, origin: 'text', lines }],
    tables: [],
    structured: [],
    metadata: {},
    warnings: [],
  }
}

const ref = { key: 'documents/1/model.json.gz', sha256: '0'.repeat(64), bytes: 3, mediaType: 'application/gzip' }

const extract = (kind: DocumentKind, model: DocumentModel): Promise<Extraction> => run({ kind, model: ref }, model)

async function run(input: object, model: object = {}): Promise<Extraction> {
  const stage = extractionStage({ models: shippedModels() })
  const blobs = { read: () => Promise.resolve(gzipSync(JSON.stringify(model))) }
  return stage.output.parse(await stage.handle(stage.input.parse(input), { blobs } as unknown as StageContext))
}
