import assert from 'node:assert/strict'
import { gunzipSync } from 'node:zlib'
import { test } from 'node:test'
import { DataError, DocumentModel, type BlobRef, type Classification } from '@stageline/domain'
import { READING_TIME } from '@stageline/documents'
import type { StageContext } from '@stageline/runtime'
import { shippedModels } from './models.ts'
import { classificationStage } from './stage.ts'

test('a till receipt is a receipt', async () => {
  const { classify } = setup()

  const { kind, confidence } = await classify(page(RECEIPT))

  assert.equal(kind, 'receipt')
  assert.ok(confidence > 0.6, `confidence ${confidence}`)
})

for (const [language, text] of [
  [
    'English',
    'Harbour Light Ltd\nInvoice INV-77\nInvoice date: 02/03/2026\nBill to\nWillow Creek Dairy\nDescription Qty Unit price Amount\nConsulting 2 100.00 200.00\nSubtotal 200.00\nVAT 20% 40.00\nTotal 240.00\nPayment terms: 30 days net. IBAN',
  ],
  [
    'German',
    'Kupferkessel KG\nRechnung Nr. 77\nRechnungsdatum: 02.03.2026\nKunde\nMuster AG\nBezeichnung Menge Einzelpreis Gesamtpreis\nOrdner 2 100,00 200,00\nNettobetrag 200,00\nMwSt. 19 % 38,00\nRechnungsbetrag 238,00 EUR\nZahlbar innerhalb von 14 Tagen IBAN',
  ],
  [
    'French',
    'Maison Imaginaire SAS\nFacture n° 77\nDate de facture : 02/03/2026\nAdresse de facturation\nPapeterie du Lac\nDésignation Qté Prix unitaire Montant\nChaise 2 100,00 200,00\nTotal HT 200,00\nTVA 20 % 40,00\nTotal TTC 240,00 EUR\nRèglement à 30 jours',
  ],
] as const) {
  test(`an invoice in ${language} is an invoice`, async () => {
    const { classify } = setup()

    assert.equal((await classify(page(text))).kind, 'invoice')
  })
}

for (const title of ['Credit Note', 'Gutschrift', 'Avoir']) {
  test(`what calls itself ${title} takes money back`, async () => {
    const { classify } = setup()
    const text = `Kupferkessel KG\n${title} 78\nDatum: 02.03.2026\nMuster AG\nOrdner 2 100,00 200,00\nTotal 238,00 EUR\nIBAN`

    assert.equal((await classify(page(text))).kind, 'credit_note')
  })
}

test('an invoice that its buyer wrote takes no money back', async () => {
  const { classify } = setup()
  const text =
    'Kupferkessel KG\nGutschrift (selbst ausgestellte Rechnung) Nr. 79 vom 02.03.2026\nVerkäufer\nMuster AG\nKäufer\nBezeichnung Menge Einzelpreis Gesamtpreis\nOrdner 2 100,00 200,00\nNettobetrag 200,00\nMwSt. 19 % 38,00\nRechnungsbetrag 238,00 EUR'

  assert.equal((await classify(page(text))).kind, 'invoice')
})

test('a page that a notice about cookies hides is called with doubt', async () => {
  const { classify } = setup()
  const notice = Array.from({ length: 30 }, () => 'We use cookies to personalise content, accept them all')

  const { confidence } = await classify(page(['Brass lamp | Exempla', ...notice].join('\n')))

  assert.ok(confidence < 0.6, `confidence ${confidence}`)
})

test('a product gets the category that its title speaks for', async () => {
  const { run } = setup()
  const title = 'Exempla Organic Peppermint Herbal Tea Bags, 20 Count (Pack of 6)'

  const { kind, category, categoryConfidence } = await run({ record: { title, price: 4.5 } })

  assert.equal(kind, 'product_record')
  assert.equal(category, 'Tea')
  assert.ok((categoryConfidence ?? 0) > 0.8, `confidence ${categoryConfidence}`)
})

test('a product of no known category gets none', async () => {
  const { run } = setup()

  const { category, categoryConfidence } = await run({
    record: { title: 'Wireless laser printer with duplex', price: 99 },
  })

  assert.deepEqual([category, categoryConfidence], [undefined, undefined])
})

test('a category that the record names is taken where it is known', async () => {
  const { run } = setup()

  const { category, categoryConfidence } = await run({
    record: { title: 'Exempla No. 5', category: 'coffee', price: 9 },
  })

  assert.deepEqual([category, categoryConfidence], ['Coffee', 1])
})

test('a data sheet is a datasheet', async () => {
  const { classify } = setup()
  const text =
    'XQ7402 Low-Dropout Regulator\nData Sheet Rev. 1.2\nFeatures\nSupply voltage range 2.7 V to 5.5 V\nAbsolute maximum ratings\nElectrical characteristics\nPin configuration\nOrdering information'

  assert.equal((await classify(page(text))).kind, 'datasheet')
})

test('the type code of an attached e-invoice wins over the words on the page', async () => {
  const { classify } = setup()
  const data = { CrossIndustryInvoice: { ExchangedDocument: { TypeCode: '381' } } }

  const { kind, confidence } = await classify({
    ...page('Rechnung 12\nNettobetrag 10,00'),
    structured: [{ form: 'cii', from: 'factur-x.xml', data }],
  })

  assert.equal(kind, 'credit_note')
  assert.ok(confidence > 0.99)
})

test('a page whose markup sells a product is a product page', async () => {
  const { classify } = setup()
  const markup = { '@type': 'Product', name: 'Kettle' }

  const { kind } = await classify({
    ...page('Kettle'),
    mediaType: 'text/html',
    structured: [{ form: 'json-ld', from: 'document', data: markup }],
  })

  assert.equal(kind, 'product_page')
})

test('a table of part numbers is a part record, with the category of its first row', async () => {
  const { classify } = setup()
  const table = {
    page: 1,
    header: ['MPN', 'Manufacturer', 'Description'],
    rows: [['ZX-1', 'Fictive', 'RES 10K OHM 1% 1/10W 0603']],
  }

  for (const mediaType of ['text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet']) {
    const result = await classify({
      ...page('ZX-1, Fictive, RES 10K OHM 1% 1/10W 0603'),
      mediaType,
      tables: [table],
    })

    assert.equal(result.kind, 'part_record')
    assert.equal(result.category, 'Resistors')
  }
})

test('a mail is what the file in it is', async () => {
  const { classify } = setup()
  const [receipt] = page(RECEIPT).pages
  const mail = page(
    'Subject: Invoice 7\nFrom: Ann\nPlease find enclosed our invoice of 240.00 EUR, payable in 30 days.',
  )

  const { kind } = await classify({
    ...mail,
    mediaType: 'message/rfc822',
    pages: [...mail.pages, { ...receipt!, number: 2 }],
    attachment: { name: 'scan.pdf', mediaType: 'application/pdf', firstPage: 2 },
  })

  assert.equal(kind, 'receipt')
})

test('a document without any text is nothing known, and unsure', async () => {
  const { classify } = setup()

  const { kind, confidence } = await classify(page(''))

  assert.equal(kind, 'other')
  assert.ok(confidence <= 0.5)
})

test('probabilities add up to one', async () => {
  const { classify } = setup()

  const { probabilities } = await classify(page(RECEIPT))

  const sum = Object.values(probabilities).reduce((total, probability) => total + probability, 0)
  assert.ok(Math.abs(sum - 1) < 0.01, `sum ${sum}`)
})

test('the model of the document is stored for the stages after', async () => {
  const { classify, stored } = setup()

  const { model } = await classify(page(RECEIPT))

  assert.equal(model?.key, 'documents/1/model.json.gz')
  const kept = DocumentModel.parse(JSON.parse(gunzipSync(stored.get('documents/1/model.json.gz')!).toString()))
  assert.equal(kept.pages[0]?.lines[0]?.text, 'SAMPLE CORNER SHOP')
})

test('a record is sorted by the names of its fields', async () => {
  const { run } = setup()

  const part = await run({ record: { mpn: 'ZX-1', description: 'CONN HEADER VERT 4POS 2.54MM' } })
  const product = await run({ record: { title: 'Kettle', price: '39.90', gtin: '4006381333931' } })

  assert.equal(part.kind, 'part_record')
  assert.equal(part.category, 'Connectors, Interconnects')
  assert.ok((part.categoryConfidence ?? 0) > 0.5)
  assert.equal(part.family, 'Rectangular Connectors - Headers, Male Pins')
  assert.ok((part.familyConfidence ?? 0) <= (part.categoryConfidence ?? 0))
  assert.equal(product.kind, 'product_record')
  assert.equal(product.model, undefined)
})

test('an input with neither document nor record goes to a person', async () => {
  const { run } = setup()

  await assert.rejects(
    () => run({}),
    (error) => error instanceof DataError && error.code === 'classification.nothing_to_classify',
  )
})

const RECEIPT =
  'SAMPLE CORNER SHOP\n1 EXAMPLE STREET\nTEL: 000-5550100\nRECEIPT NO: 17\n02/03/2026 14:31\nMILK 1.20\nBREAD 2.30\nSUBTOTAL 3.50\nTOTAL 3.50\nCASH 5.00\nCHANGE 1.50\nTHANK YOU'

function page(text: string): DocumentModel {
  const lines = text === '' ? [] : text.split('\n').map((line) => ({ text: line }))
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

test('the reader has the time to say which document is too slow, also to one that waited for another', () => {
  const { timeoutMs = 0, concurrency = 0 } = setup().stage

  assert.ok(timeoutMs > concurrency * READING_TIME.pages, `${timeoutMs} ms`)
})

/** The stage with a reader that gives back what the test chose, and blobs in memory. */
function setup() {
  const stored = new Map<string, Uint8Array>()
  const document: BlobRef = { key: 'documents/1', sha256: '0'.repeat(64), bytes: 3, mediaType: 'application/pdf' }
  let model = page('')
  const stage = classificationStage({ models: shippedModels(), reader: { read: () => Promise.resolve(model) } })
  const blobs: StageContext['blobs'] = {
    read: () => Promise.resolve(new Uint8Array([1, 2, 3])),
    put: (bytes, { derivedFrom, name, mediaType }) => {
      const key = `${derivedFrom}/${name}`
      stored.set(key, bytes)
      return Promise.resolve({ key, sha256: '0'.repeat(64), bytes: bytes.length, mediaType })
    },
  }
  const context = { blobs, signal: new AbortController().signal } as StageContext
  const run = async (input: object): Promise<Classification> =>
    stage.output.parse(await stage.handle(stage.input.parse(input), context))
  const classify = (read: DocumentModel): Promise<Classification> => {
    model = read
    return run({ document })
  }
  return { classify, run, stored, stage }
}
