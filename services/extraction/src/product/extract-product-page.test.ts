import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DocumentModel, Line, StructuredPart } from '@stageline/domain'
import { shippedModels } from '../models.ts'
import { extractProductPage, productCandidates } from './extract-product-page.ts'

test('of a struck-out and a present price the present one is told', () => {
  const found = read([
    line('Exempla Kettle 1.7 l', 'h1.title div.product'),
    line('49,90 €', 'del span.old-price div.price-box div.product'),
    line('39,90 €', 'span.price div.price-box div.product'),
    line('In den Warenkorb'),
  ])

  assert.equal(found['price'], '39.90')
})

test('a price beside the heading wins over those of goods shown below', () => {
  const neighbour = (name: string, price: string): Line[] => [line(name), line(price, 'span.price li.item ul.related')]

  const found = read([
    line('Demolux Desk Lamp Arc', 'h1 div.product'),
    line('£54.00', 'span.price div.product'),
    line('Add to cart'),
    line('You may also like', 'h2 div.related'),
    ...neighbour('Lamp A', '£12.00'),
    ...neighbour('Lamp B', '£14.00'),
    ...neighbour('Lamp C', '£15.00'),
    ...neighbour('Lamp D', '£16.00'),
  ])

  assert.equal(found['price'], '54.00')
})

test('of an auction what is bid now is told, not what some of its data say it began with', () => {
  const data = { '@type': 'Product', name: 'Fictiva Clock Nova', offers: { '@type': 'Offer', price: 150 } }

  const found = read(
    [
      line('Fictiva Clock Nova', 'h1 div.lot'),
      line('$200 2 bids', 'span.price div.bid-box div.lot'),
      line('Starting price $150', 'span div.bid-box div.lot'),
      line('Place bid'),
    ],
    [
      { form: 'json-ld', from: 'document', data },
      { form: 'opengraph', from: 'document', data: { 'product:price:amount': '200' } },
    ],
  )

  assert.equal(found['price'], '200')
})

test('the price of what is sold out is the one in its data, not that of what is shown instead', () => {
  const offers = { '@type': 'Offer', price: 14.99, availability: 'https://schema.org/SoldOut' }

  const found = read(
    [
      line('Demolux Remote Nova', 'h1 div.product'),
      line('Sold out'),
      line('You may also like', 'h2 section'),
      line('Lamp A', 'div.card'),
      line('33,99 €', 'b.card-price div.card section'),
      line('Lamp B', 'div.card'),
      line('22,90 €', 'b.card-price div.card section'),
    ],
    [{ form: 'json-ld', from: 'document', data: { '@type': 'Product', name: 'Demolux Remote Nova', offers } }],
  )

  assert.equal(Number(found['price']), 14.99)
})

test('the price on a Twitter card is a candidate', () => {
  const data = { 'twitter:label1': 'Price', 'twitter:data1': '$54.00', 'twitter:label2': 'Views', 'twitter:data2': '9' }

  const { prices } = productCandidates(page([line('Demolux Lamp', 'h1')], [{ form: 'meta', from: 'document', data }]))

  assert.deepEqual(
    prices.map(({ value }) => value),
    ['54.00'],
  )
})

test('a price is told as it is printed, in whichever figures', () => {
  const { fields } = extractProductPage(
    page([line('Fictiva Lampe', 'h1 div.product'), line('12€99', 'span.price div.product'), line('Ajouter au panier')]),
    shippedModels().productPage(),
  )

  assert.equal(fields['price']?.value, '12.99')
  assert.equal(fields['price']?.printed, '12€99')
})

test('the stock number behind a label is told, with the line as its place', () => {
  const model = page([line('Demolux Desk Lamp Arc', 'h1'), line('Artikelnummer: IL-3391'), line('54,00 €', 'b.price')])

  const { sku } = extractProductPage(model, shippedModels().productPage()).fields

  assert.equal(sku?.value, 'IL-3391')
  assert.equal(sku?.source?.text, 'Artikelnummer: IL-3391')
})

test('the stock number is found in what the page tells its own programs about the goods of its heading', () => {
  const data = [
    { '@path': 'others[1]', name: 'Another Lamp', sku: 'ZZ-1000', price: '9.00' },
    { '@path': 'product', name: 'Demolux Desk Lamp Arc', sku: 'IL-3391', price: '54.00' },
  ]

  const found = read(
    [line('Demolux Desk Lamp Arc', 'h1'), line('£54.00', 'span.price')],
    [{ form: 'script', from: 'document', data }],
  )

  assert.equal(found['sku'], 'IL-3391')
  assert.equal(found['price'], '54.00')
})

test('a page that sells nothing has neither price nor stock number', () => {
  const found = read([line('Our history', 'h1'), line('Founded by two sisters in a small town')])

  assert.equal(found['price'], undefined)
  assert.equal(found['sku'], undefined)
})

test('each amount is one candidate, however often and wherever it stands', () => {
  const data = { '@type': 'Product', offers: { price: '54', sku: 'A-17' } }
  const model = page(
    [line('Demolux Lamp', 'h1'), line('£54.00', 'span.price'), line('only £54.00 today')],
    [{ form: 'json-ld', from: 'document', data }],
  )

  const { prices } = productCandidates(model)

  assert.deepEqual(
    prices.map(({ value }) => Number(value)),
    [54],
  )
  assert.ok(prices[0]?.features.has('stated:printed'))
})

test('the values of a table of properties are read, without marks of writing direction', () => {
  const table = {
    page: 1,
    header: [],
    rows: [
      ['Marque', '\u200eFictiva'],
      ['Numéro de modèle', 'FX-9'],
    ],
  }

  const found = read([line('Fictiva Lampe', 'h1')], [], [table])

  assert.equal(found['brand'], 'Fictiva')
  assert.equal(found['mpn'], 'FX-9')
})

function read(
  lines: Line[],
  structured: StructuredPart[] = [],
  tables: DocumentModel['tables'] = [],
): Record<string, unknown> {
  const { fields } = extractProductPage(page(lines, structured, tables), shippedModels().productPage())
  return Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value]))
}

const line = (text: string, path?: string): Line => ({ text, ...(path ? { marks: [{ at: 0, path }] } : {}) })

const page = (
  lines: Line[],
  structured: StructuredPart[] = [],
  tables: DocumentModel['tables'] = [],
): DocumentModel => ({
  reader: 'test',
  mediaType: 'text/html',
  pages: [{ number: 1, width: 0, height: 0, origin: 'markup', lines }],
  tables,
  structured,
  metadata: {},
  warnings: [],
})
