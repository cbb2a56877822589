import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CatalogItem, DocumentKind, Enrichment, Fields } from '@stageline/domain'
import type { Catalog, CatalogHit, CatalogQuery, StageContext } from '@stageline/runtime'
import { nameSimilarity } from './name-similarity.ts'
import { enrichmentStage } from './stage.ts'

/** The catalogue alone. */
const NO_MAKERS = () => ({ predict: () => [] })

const ROWS: CatalogItem[] = [
  part('LM358N', { manufacturer: 'Texas Instruments', package: 'DIP-8', category: 'Integrated circuits', pins: 8 }),
  part('STM32F103C8T6', { manufacturer: 'STMicroelectronics', package: 'LQFP-48', description: 'Microcontroller' }),
  part('RC0603FR-074K7L', { manufacturer: 'Yageo', package: '0603', value: '4.7 kohm', tolerance: '1%' }),
  vendor('DE799012341', 'Muster Büromöbel GmbH', 'DE', 'EUR'),
  vendor('DE712345676', 'Muster Büromöbel AG', 'DE', 'EUR'),
  vendor('GB114444793', 'Sample Stationery Ltd', 'GB', 'GBP'),
  vendor('NL700000016B01', 'Copyshop 24 BV', 'NL', 'EUR'),
  product('2941000000009', 'Exempla Cordless Kettle 1.7 l', 'Exempla', 'EXM-KT-200'),
  product('2941000000108', 'Exempla Cordless Kettle 1.2 l', 'Exempla', 'EXM-KT-120'),
]

test('a part number fills what the catalogue knows and says from which row', async () => {
  const { fields, filled, matches } = await enrich('part_record', { mpn: 'lm358n' })

  assert.deepEqual(filled.toSorted(), ['category', 'manufacturer', 'package', 'pins'])
  assert.deepEqual(fields.package, {
    value: 'DIP-8',
    confidence: 0.882,
    source: { method: 'catalog', path: 'part:LM358N' },
  })
  assert.deepEqual(matches, [{ kind: 'part', key: 'LM358N', name: 'LM358N', method: 'exact', similarity: 1 }])
})

test('a value that is there stays as it is, and an empty one is a gap', async () => {
  const { fields, filled } = await enrich('part_record', { mpn: 'LM358N', package: 'DIL 8', category: '  ' })

  assert.equal(fields.package?.value, 'DIL 8')
  assert.equal(fields.package?.source, undefined)
  assert.equal(fields.category?.value, 'Integrated circuits')
  assert.ok(!filled.includes('package') && filled.includes('category'))
})

for (const mpn of ['STM32F103C8T6TR', 'STM32-F103C8T6', 'stm32f103c8t6/TR', 'STM32F103C8T6 REEL7']) {
  test(`${mpn} is STM32F103C8T6 packed or spelled in another way`, async () => {
    const { fields } = await enrich('datasheet', { mpn })

    assert.equal(fields.manufacturer?.value, 'STMicroelectronics')
    assert.equal(fields.manufacturer?.source?.path, 'part:STM32F103C8T6')
  })
}

const nearMisses: [name: string, kind: DocumentKind, fields: Record<string, string>][] = [
  ['an exchanged digit', 'part_record', { mpn: 'LM385N' }],
  ['another package letter', 'part_record', { mpn: 'LM358D' }],
  ['the number of a whole family', 'part_record', { mpn: 'LM358' }],
  ['one more letter', 'part_record', { mpn: 'LM358NA' }],
  ['another flash size', 'part_record', { mpn: 'STM32F103CBT6' }],
  ['another resistor value', 'part_record', { mpn: 'RC0603FR-0747KL' }],
  ['another chip size', 'part_record', { mpn: 'RC0402FR-074K7L' }],
  ['the same number from another maker', 'part_record', { mpn: 'LM358N', manufacturer: 'Fictional Semiconductors' }],
  ['a part without a number', 'part_record', { description: 'LM358N' }],
  [
    'an equal name with another VAT id',
    'invoice',
    { seller_name: 'Sample Stationery Ltd', seller_vat_id: 'GB999999973' },
  ],
  [
    'an equal VAT id with a stranger name',
    'invoice',
    { seller_name: 'Voorbeeld Drukwerk', seller_vat_id: 'GB114444793' },
  ],
  ['another legal form', 'invoice', { seller_name: 'Sample Stationery PLC' }],
  ['a name that two companies bear', 'invoice', { seller_name: 'Muster Büromöbel' }],
  ['another number in the name', 'invoice', { seller_name: 'Copyshop 42 BV' }],
  ['a half-equal name', 'invoice', { seller_name: 'Sample Station Ltd' }],
  ['a beginning of a VAT id', 'invoice', { seller_vat_id: 'GB1144' }],
  ['an equal name with another GTIN', 'product_page', { name: 'Exempla Cordless Kettle 1.7 l', gtin: '4006381333931' }],
  ['an equal name of another brand', 'product_page', { name: 'Cordless Kettle 1.7 l', brand: 'Demolux' }],
  ['an equal GTIN of something else', 'product_page', { name: 'Garden Hose', gtin: '2941000000009' }],
  ['a kind that has no catalogue', 'other', { mpn: 'LM358N', name: 'Sample Stationery Ltd' }],
]

for (const [name, kind, values] of nearMisses) {
  test(`a near miss fills nothing: ${name}`, async () => {
    const { fields, filled, matches } = await enrich(kind, values)

    assert.deepEqual([filled, matches, Object.keys(fields)], [[], [], Object.keys(values)])
  })
}

test('a neighbouring size is shown as what it is worth, and gives neither its numbers nor its price', async () => {
  const { fields, filled, matches } = await enrich('product_page', { name: 'Exempla Cordless Kettle 2.7 l' })

  assert.deepEqual([filled, fields['brand']?.value], [['brand'], 'Exempla'])
  assert.ok((matches[0]?.certainty ?? 1) < 0.5, `${matches[0]?.certainty}`)
})

test('a VAT id gives the name and the usual currency of the seller', async () => {
  const { fields } = await enrich('invoice', { seller_vat_id: 'GB 114 4447 93' })

  assert.deepEqual(valuesOf(fields), {
    seller_vat_id: 'GB 114 4447 93',
    seller_name: 'Sample Stationery Ltd',
    seller_country: 'GB',
    currency: 'GBP',
  })
})

test('a name gives the VAT id, less surely than a VAT id gives the name', async () => {
  const byName = await enrich('credit_note', { seller_name: 'SAMPLE STATIONERY LIMITED' })
  const byVatId = await enrich('credit_note', { seller_vat_id: 'GB114444793' })

  assert.equal(byName.fields.seller_vat_id?.value, 'GB114444793')
  assert.ok(byName.fields.currency!.confidence < byVatId.fields.currency!.confidence)
})

test('a legal form tells two companies of one name apart', async () => {
  const { fields } = await enrich('invoice', { seller_name: 'MUSTER BÜROMÖBEL AG' })

  assert.equal(fields.seller_vat_id?.value, 'DE712345676')
})

test('a receipt gains address and currency of its shop', async () => {
  const { filled } = await enrich('receipt', { company: 'Sample Stationery Ltd', total: '3.20' })

  assert.deepEqual(filled.toSorted(), ['address', 'currency'])
})

const sameProducts: [name: string, fields: Record<string, string>][] = [
  ['GTIN', { gtin: '2941000000009' }],
  ['GTIN with a zero in front', { gtin: '02941000000009', name: 'Kettle, cordless, 1.7 l' }],
  ['article number of its maker', { mpn: 'EXM-KT-200', name: 'Exempla kettle 1.7 l', brand: 'EXEMPLA' }],
  ['name', { name: 'Exempla Cordless Kettle 1.7 l' }],
  ['name without the brand', { name: 'Cordless Kettle 1.7 l', brand: 'Exempla' }],
]

for (const [name, values] of sameProducts) {
  test(`a product is recognised by its ${name}`, async () => {
    const { matches, filled } = await enrich('product_record', values)

    assert.equal(matches[0]?.key, '2941000000009')
    assert.ok(filled.length > 0)
  })
}

test('what was filled is never surer than what it was recognised by', async () => {
  const context = contextWith(ROWS)
  const fields: Fields = { mpn: { value: 'LM358N', confidence: 0.4 } }

  const output = await enrichmentStage({ makers: NO_MAKERS }).handle({ kind: 'part_record', fields }, context)

  assert.ok(output.filled.every((name) => output.fields[name]!.confidence <= 0.4))
})

type Confirmation = [name: string, kind: DocumentKind, values: Record<string, string>, surer: Record<string, number>]

const confirmations: Confirmation[] = [
  [
    'name and VAT id',
    'invoice',
    { seller_name: 'SAMPLE STATIONERY LTD', seller_vat_id: 'GB114444793' },
    { seller_name: 0.998, seller_vat_id: 0.998 },
  ],
  ['the whole name of a company', 'invoice', { seller_name: 'Sample Stationery Ltd' }, { seller_name: 0.98 }],
  [
    'a VAT id beside a misread name',
    'invoice',
    { seller_name: 'Sarnple Stationery Ltd', seller_vat_id: 'GB114444793' },
    { seller_vat_id: 0.98 },
  ],
  [
    'shop and address',
    'receipt',
    { company: 'Sample Stationery', address: '1 EXAMPLE STREET' },
    { company: 0.998, address: 0.998 },
  ],
  [
    'an address that is another',
    'receipt',
    { company: 'Sample Stationery', address: '2 Example Street' },
    { company: 0.98 },
  ],
  [
    'GTIN and name',
    'product_page',
    { gtin: '2941000000009', name: 'Cordless Kettle 1.7 l' },
    { gtin: 0.998, name: 0.998 },
  ],
  ['the name of a product alone', 'product_page', { name: 'Exempla Cordless Kettle 1.7 l' }, {}],
  ['part number and maker', 'datasheet', { mpn: 'LM358N', manufacturer: 'TI' }, { mpn: 0.99, manufacturer: 0.99 }],
  ['a part number alone', 'datasheet', { mpn: 'LM358N' }, {}],
]

for (const [name, kind, values, surer] of confirmations) {
  test(`${name} of a found row: ${Object.keys(surer).join(', ') || 'nothing'} becomes surer`, async () => {
    const { fields, matches } = await enrich(kind, values)

    assert.equal(matches.length, 1)
    for (const [field, value] of Object.entries(values)) {
      assert.equal(fields[field]?.value, value)
      assert.equal(fields[field]?.confidence, surer[field] ?? 0.9, field)
    }
  })
}

test('a value without end is no key and costs no time', { timeout: 2000 }, async () => {
  const { filled } = await enrich('part_record', { mpn: `LM358N${'-TR'.repeat(100_000)}`, description: 'x' })

  assert.deepEqual(filled, [])
})

test('what came from the catalogue confirms nothing', async () => {
  const source = { method: 'catalog' as const }
  const fields: Fields = {
    seller_name: { value: 'Sample Stationery Ltd', confidence: 0.9, source },
    seller_vat_id: { value: 'GB114444793', confidence: 0.9, source },
  }

  const output = await enrichmentStage({ makers: NO_MAKERS }).handle({ kind: 'invoice', fields }, contextWith(ROWS))

  assert.equal(output.fields.seller_vat_id?.confidence, 0.9)
})

test('a name similarity counts trigrams and forgets accents, case and legal forms', () => {
  assert.equal(nameSimilarity('Fictif Électronique S.A.', 'FICTIF ELECTRONIQUE'), 1)
  assert.equal(nameSimilarity('abc', 'abd'), 2 / 6)
  assert.equal(nameSimilarity('Shop 1', 'Shop 2'), 0)
})

async function enrich(kind: DocumentKind, values: Record<string, string>): Promise<Enrichment> {
  const fields = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, confidence: 0.9 }]))
  const stage = enrichmentStage({ makers: NO_MAKERS })
  return stage.output.parse(await stage.handle(stage.input.parse({ kind, fields }), contextWith(ROWS)))
}

const valuesOf = (fields: Fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value]))

/** Exact, then prefix, then every row by trigrams, however weak: the stage has to reject near misses itself. */
function contextWith(rows: CatalogItem[]): StageContext {
  const catalog: Catalog = { find: (query) => Promise.resolve(find(rows, query)) }
  return { catalog } as StageContext
}

function find(rows: CatalogItem[], { kind, key, name }: CatalogQuery): CatalogHit[] {
  const bare = (text: string) => text.replace(/\s/g, '').toUpperCase()
  const ofKind = rows.filter((row) => row.kind === kind)
  const hits = (found: CatalogItem[], method: CatalogHit['method']) =>
    found.map((item) => ({
      kind,
      key: item.key,
      name: item.name,
      method,
      similarity: method === 'exact' ? 1 : 0.7,
      item,
    }))
  if (key) {
    const exact = ofKind.filter((row) => bare(row.key) === bare(key))
    if (exact.length > 0) return hits(exact, 'exact')
    const prefix = ofKind.filter((row) => key.length >= 4 && bare(row.key).startsWith(bare(key)))
    if (prefix.length > 0) return hits(prefix, 'prefix')
  }
  return name ? hits(ofKind, 'trigram') : []
}

function part(key: string, attributes: CatalogItem['attributes']): CatalogItem {
  return { kind: 'part', key, name: key, attributes }
}

function vendor(key: string, name: string, country: string, currency: string): CatalogItem {
  return { kind: 'vendor', key, name, attributes: { country, currency, address: '1 Example Street' } }
}

function product(key: string, name: string, brand: string, mpn: string): CatalogItem {
  return { kind: 'product', key, name, attributes: { brand, mpn } }
}
