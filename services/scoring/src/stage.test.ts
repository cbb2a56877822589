import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { DOCUMENT_KINDS, FIELD_LISTS, Scoring } from '@stageline/domain'
import type { Check, DocumentKind, Fields } from '@stageline/domain'
import type { FirstSeen, StageContext } from '@stageline/runtime'
import fc from 'fast-check'
import { CHECKS_OF_KIND } from './checks/checks-of-kind.ts'
import { ublInvoice, ublPart, withValue } from './en16931/testing/invoice-trees.ts'
import { scoringStage } from './stage.ts'

type Values = Record<string, string | number | null>

const SURE = 0.99

const NOW = new Date('2026-11-20T12:00:00Z')

const INVOICE: Values = {
  invoice_number: '2026-0107',
  issue_date: '2026-11-02',
  due_date: '2026-12-02',
  seller_name: 'Muster Büromöbel GmbH',
  seller_vat_id: 'DE700000003',
  buyer_name: 'Beispiel Papierhaus GmbH',
  currency: 'EUR',
  net_total: '100.00',
  tax_total: '19.00',
  gross_total: '119.00',
  due_amount: '119.00',
}
const LINES: Values[] = [
  { description: 'Desk', quantity: '2', unit_price: '30.00', line_total: '60.00' },
  { description: 'Chair', quantity: '1', unit_price: '40.00', line_total: '40.00' },
]
const RECEIPT: Values = {
  company: 'Sample Stationery Ltd',
  date: '2026-11-19',
  total: '4.20',
  currency: 'GBP',
  address: '1 Example Street',
}
const PART: Values = {
  mpn: 'RC0603FR-074K7L',
  description: 'Resistor',
  manufacturer: 'Yageo',
  category: 'Resistors',
  package: '0603',
}

test('a clean invoice passes every check and is complete, confident and well scored', async () => {
  const scoring = await scored('invoice', INVOICE, LINES)

  assert.deepEqual(outcomes(scoring), {
    lines_sum_to_net: 'passed',
    net_plus_tax_is_total: 'passed',
    date_plausible: 'passed',
    currency_known: 'passed',
    number_not_seen_before: 'passed',
    due_amount_not_above_total: 'passed',
    vat_id_form: 'passed',
    total_positive: 'passed',
    en16931_rules: 'not_applicable',
  })
  assert.deepEqual([scoring.failedChecks, scoring.blockingFailures, scoring.completeness, scoring.score], [[], 0, 1, 1])
  assert.equal(scoring.confidence, 0.9126)
  assert.equal(scoring.formula, 'score-v2')
})

for (const total of ['119.01', '118.99', '1190.0']) {
  test(`a total of ${total} instead of 119.00 fails, blocks, and the check says why`, async () => {
    const scoring = await scored('invoice', { ...INVOICE, gross_total: total, due_amount: '100.00' }, LINES)

    assert.deepEqual([scoring.failedChecks, scoring.blockingFailures], [['net_plus_tax_is_total'], 1])
    assert.match(
      checkIn(scoring, 'net_plus_tax_is_total').detail,
      /100\.00 net and 19\.00 tax make 119\.00, but the total says/,
    )
    assert.ok(scoring.score < 1)
  })
}

test('an e-invoice that keeps the rules of EN 16931 passes them in one check', async () => {
  const scoring = await scoredEInvoice(ublInvoice())

  assert.equal(checkIn(scoring, 'en16931_rules').outcome, 'passed')
  assert.match(checkIn(scoring, 'en16931_rules').detail, /keeps the \d{3} rules/)
  assert.deepEqual(scoring.failedChecks, [])
})

test('each broken rule of an e-invoice is a check that says what is wrong and where', async () => {
  const scoring = await scoredEInvoice(withValue(ublInvoice(), 'LegalMonetaryTotal.PayableAmount.#text', '100.00'))

  assert.deepEqual([scoring.failedChecks, scoring.blockingFailures], [['en16931_rules', 'BR-CO-16'], 1])
  assert.deepEqual(checkIn(scoring, 'BR-CO-16').inputs, { where: ['Invoice/LegalMonetaryTotal/PayableAmount'] })
  assert.match(
    checkIn(scoring, 'BR-CO-16').detail,
    /^BR-CO-16: Amount due for payment \(BT-115\) is 100\.00, but .* 107\.10\./,
  )
})

test('a wrong code is named and blocks nothing, and repeated faults stay one check', async () => {
  const pieces = ublInvoice().InvoiceLine.map((line) => withValue(line, 'InvoicedQuantity.@_unitCode', 'pieces'))

  const scoring = await scoredEInvoice(withValue(ublInvoice(), 'InvoiceLine', pieces))

  assert.deepEqual([scoring.failedChecks, scoring.blockingFailures], [['en16931_rules', 'BR-CL-23'], 0])
  assert.match(checkIn(scoring, 'BR-CL-23').detail, /"pieces" .* The same in 1 more place\.$/)
})

const claims: [specification: string | undefined, outcome: Check['outcome'], blockingFailures: number][] = [
  ['urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0', 'failed', 1],
  ['urn:factur-x.eu:1p0:minimum', 'not_applicable', 0],
  [undefined, 'failed', 0],
]

for (const [specification, outcome, blockingFailures] of claims) {
  test(`broken rules of an e-invoice that follows ${specification}: ${outcome}, ${blockingFailures} blocking`, async () => {
    const broken = withValue(ublInvoice(), 'IssueDate', undefined)

    const scoring = await scoredEInvoice(withValue(broken, 'CustomizationID', specification))

    assert.equal(checkIn(scoring, 'en16931_rules').outcome, outcome)
    assert.equal(scoring.blockingFailures, blockingFailures)
  })
}

test('a document whose fields were read from its text is not loaded', async () => {
  const scoring = await scored('invoice', INVOICE, LINES, firstSeenBy('job-1', new Map()), { model: blob('gone') })

  assert.equal(checkIn(scoring, 'en16931_rules').outcome, 'not_applicable')
})

test('a stored model of another form goes to a person', async () => {
  await assert.rejects(scoredEInvoice(undefined), { code: 'scoring.unreadable_model' })
})

type Row = [kind: DocumentKind, values: Values, check: string, outcome: Check['outcome'], lines?: Values[]]
const line = (line_total: string, quantity = '1', unit_price = line_total): Values => ({
  line_total,
  quantity,
  unit_price,
})

const rows: Row[] = [
  ['invoice', { net_total: '100', tax_total: '19.0', gross_total: '119.00' }, 'net_plus_tax_is_total', 'passed'],
  ['invoice', { net_total: '-100.00', tax_total: '-19.00', gross_total: '-119.00' }, 'net_plus_tax_is_total', 'passed'],
  ['invoice', { net_total: '100.00', gross_total: '119.00' }, 'net_plus_tax_is_total', 'not_applicable'],
  [
    'invoice',
    { net_total: '100.00', tax_total: '19%', gross_total: '119.00' },
    'net_plus_tax_is_total',
    'not_applicable',
  ],
  ['credit_note', { net_total: '0.10', tax_total: '0.20', gross_total: '0.30' }, 'net_plus_tax_is_total', 'passed'],
  ['invoice', { net_total: '100.00' }, 'lines_sum_to_net', 'passed', [line('60.00'), line('40')]],
  ['invoice', { net_total: '100.00' }, 'lines_sum_to_net', 'failed', [line('60.00'), line('40.01')]],
  ['invoice', { net_total: '100.00' }, 'lines_sum_to_net', 'failed', [line('60.00')]],
  ['invoice', { net_total: '100.00' }, 'lines_sum_to_net', 'not_applicable', []],
  ['invoice', { net_total: '100.00' }, 'lines_sum_to_net', 'not_applicable', [line('60.00'), { description: 'Chair' }]],
  ['invoice', { net_total: '100.00', gross_total: '119.00' }, 'lines_sum_to_net', 'passed', [line('119.00')]],
  [
    'invoice',
    { net_total: '2.23' },
    'lines_sum_to_net',
    'passed',
    [line('1.12', '1', '1.115'), line('1.12', '1', '1.115')],
  ],
  [
    'invoice',
    { net_total: '2.25' },
    'lines_sum_to_net',
    'failed',
    [line('1.12', '1', '1.115'), line('1.12', '1', '1.115')],
  ],
  ['invoice', { issue_date: '2026-11-20' }, 'date_plausible', 'passed'],
  ['invoice', { issue_date: '2026-11-21' }, 'date_plausible', 'passed'],
  ['invoice', { issue_date: '2026-11-22' }, 'date_plausible', 'failed'],
  ['invoice', { issue_date: '2091-03-04' }, 'date_plausible', 'failed'],
  ['invoice', { issue_date: '2016-11-20' }, 'date_plausible', 'passed'],
  ['invoice', { issue_date: '2016-11-19' }, 'date_plausible', 'failed'],
  ['invoice', { issue_date: '2026-02-30' }, 'date_plausible', 'failed'],
  ['invoice', { issue_date: '20.11.2026' }, 'date_plausible', 'failed'],
  ['invoice', { issue_date: ' ' }, 'date_plausible', 'not_applicable'],
  ['receipt', { date: '2026-13-01' }, 'date_plausible', 'failed'],
  ['invoice', { currency: 'CHF' }, 'currency_known', 'passed'],
  ['invoice', { currency: 'EURO' }, 'currency_known', 'failed'],
  ['invoice', { currency: 'XYZ' }, 'currency_known', 'failed'],
  ['receipt', { currency: null }, 'currency_known', 'not_applicable'],
  ['invoice', { due_amount: '119.00', gross_total: '119' }, 'due_amount_not_above_total', 'passed'],
  ['invoice', { due_amount: '19.00', gross_total: '119.00' }, 'due_amount_not_above_total', 'passed'],
  ['invoice', { due_amount: '119.01', gross_total: '119.00' }, 'due_amount_not_above_total', 'failed'],
  ['invoice', { due_amount: '119.01' }, 'due_amount_not_above_total', 'not_applicable'],
  ['invoice', { gross_total: '-1.00' }, 'total_positive', 'failed'],
  ['receipt', { total: '0.00' }, 'total_positive', 'failed'],
  ['receipt', { total: '0.01' }, 'total_positive', 'passed'],
  ['receipt', { total: 12.5 }, 'total_positive', 'passed'],
  ['invoice', { seller_vat_id: 'DE 123 456 789' }, 'vat_id_form', 'passed'],
  ['invoice', { seller_vat_id: 'ATU12345678' }, 'vat_id_form', 'passed'],
  ['invoice', { seller_vat_id: 'CHE-123.456.789 MWST' }, 'vat_id_form', 'passed'],
  ['invoice', { seller_vat_id: 'DE12345678' }, 'vat_id_form', 'failed'],
  ['invoice', { seller_vat_id: 'AT12345678' }, 'vat_id_form', 'failed'],
  ['invoice', { seller_vat_id: 'US-12-3456789' }, 'vat_id_form', 'not_applicable'],
  ['product_page', { price: '0' }, 'price_positive', 'failed'],
  ['product_page', { price: '-3.99' }, 'price_positive', 'failed'],
  ['product_record', { price: '3.99' }, 'price_positive', 'passed'],
  ['product_page', { gtin: '4006381333931' }, 'gtin_check_digit', 'passed'],
  ['product_page', { gtin: '4006381333932' }, 'gtin_check_digit', 'failed'],
  ['product_page', { gtin: '036000291452' }, 'gtin_check_digit', 'passed'],
  ['product_page', { gtin: '96385074' }, 'gtin_check_digit', 'passed'],
  ['product_page', { gtin: '10614141000415' }, 'gtin_check_digit', 'passed'],
  ['product_page', { gtin: '123' }, 'gtin_check_digit', 'failed'],
  ['product_page', {}, 'gtin_check_digit', 'not_applicable'],
  ['part_record', { mpn: 'LM358N' }, 'number_plausible', 'passed'],
  ['part_record', { mpn: '12345678' }, 'number_plausible', 'passed'],
  ['part_record', { mpn: 'N/A' }, 'number_plausible', 'failed'],
  ['part_record', { mpn: '1.2E+11' }, 'number_plausible', 'failed'],
  ['part_record', { mpn: '2026-11-20' }, 'number_plausible', 'failed'],
  ['part_record', { mpn: 'see attached list' }, 'number_plausible', 'failed'],
  ['part_record', { mpn: 'RC0603FR-074K7L', manufacturer: 'YAGEO' }, 'number_plausible', 'passed'],
  ['part_record', { mpn: 'RC0603FR-07 4700', manufacturer: 'Yageo' }, 'number_plausible', 'failed'],
  ['part_record', { mpn: 'RC0603FR-07 4700', manufacturer: 'Fictional Parts' }, 'number_plausible', 'passed'],
  ['part_record', PART, 'package_plausible_for_maker', 'passed'],
  ['part_record', { ...PART, package: '0603 (1608 metric)' }, 'package_plausible_for_maker', 'passed'],
  ['part_record', { ...PART, package: '0805' }, 'package_plausible_for_maker', 'failed'],
  ['part_record', { ...PART, package: 'LQFP-48' }, 'package_plausible_for_maker', 'failed'],
  ['part_record', { ...PART, manufacturer: 'Fictional Parts' }, 'package_plausible_for_maker', 'not_applicable'],
  [
    'part_record',
    { mpn: 'CL10B104KB8NNNC', manufacturer: 'Samsung', package: '0805' },
    'package_plausible_for_maker',
    'failed',
  ],
  ['part_record', { mpn: 'LM358N', manufacturer: 'TI', package: '0603' }, 'package_plausible_for_maker', 'failed'],
  ['part_record', { mpn: 'LM358N', manufacturer: 'TI', package: 'PDIP-8' }, 'package_plausible_for_maker', 'passed'],
  ['part_record', { manufacturer: 'ST Microelectronics' }, 'manufacturer_known', 'passed'],
  ['part_record', { manufacturer: 'Molex Exampleland Ltd.' }, 'manufacturer_known', 'passed'],
  ['part_record', { manufacturer: 'Ti Fiction' }, 'manufacturer_known', 'failed'],
  ['datasheet', { manufacturer: 'Fictional Parts' }, 'manufacturer_known', 'failed'],
  ['other', {}, 'kind_known', 'failed'],
]

for (const [kind, values, name, outcome, lines = []] of rows) {
  test(`${name} of ${kind} ${JSON.stringify(values)} ${lines.length > 0 ? JSON.stringify(lines) : ''} is ${outcome}`, async () => {
    const check = checkIn(await scored(kind, values, lines), name)

    assert.equal(check.outcome, outcome, check.detail)
    assert.match(check.detail, /\.$/)
  })
}

test('a number of the same seller fails in a second job and not in a repeated try', async () => {
  const seen = new Map()

  const first = await scored('invoice', INVOICE, [], firstSeenBy('job-1', seen))
  const again = await scored('invoice', INVOICE, [], firstSeenBy('job-1', seen))
  const second = await scored('invoice', INVOICE, [], firstSeenBy('job-2', seen))

  assert.deepEqual([first.failedChecks, again.failedChecks], [[], []])
  assert.deepEqual(second.failedChecks, ['number_not_seen_before'])
  assert.match(checkIn(second, 'number_not_seen_before').detail, /first seen on 2026-11-20 in job job-1/)
})

const copies: [name: string, values: Values, outcome: Check['outcome']][] = [
  ['without the VAT id', { ...INVOICE, seller_vat_id: null }, 'failed'],
  ['without the name', { ...INVOICE, seller_name: null }, 'failed'],
  [
    'spelled in another way',
    { ...INVOICE, invoice_number: '2026 - 0107', seller_name: 'MUSTER BÜROMÖBEL  GMBH' },
    'failed',
  ],
  ['of another seller', { ...INVOICE, seller_name: 'Sample Stationery Ltd', seller_vat_id: 'GB114444793' }, 'passed'],
  ['with another number', { ...INVOICE, invoice_number: '2026-0108' }, 'passed'],
  ['with a number of a thousand digits', { ...INVOICE, invoice_number: '1'.repeat(1000) }, 'not_applicable'],
  ['without a seller', { ...INVOICE, seller_name: null, seller_vat_id: null }, 'not_applicable'],
]

for (const [name, values, outcome] of copies) {
  test(`an invoice that came before and comes again ${name}: number_not_seen_before is ${outcome}`, async () => {
    const seen = new Map()
    await scored('invoice', INVOICE, [], firstSeenBy('job-1', seen))

    const scoring = await scored('invoice', values, [], firstSeenBy('job-2', seen))

    assert.equal(checkIn(scoring, 'number_not_seen_before').outcome, outcome)
  })
}

test('a credit note may bear the number of an invoice', async () => {
  const seen = new Map()
  await scored('invoice', INVOICE, [], firstSeenBy('job-1', seen))

  const scoring = await scored('credit_note', INVOICE, [], firstSeenBy('job-2', seen))

  assert.equal(checkIn(scoring, 'number_not_seen_before').outcome, 'passed')
})

test('a missing required field leaves no confidence, a missing optional one leaves it unchanged', async () => {
  const whole = await scored('receipt', RECEIPT)
  const noTotal = await scored('receipt', { ...RECEIPT, total: '' })
  const noAddress = await scored('receipt', { ...RECEIPT, address: null })

  assert.equal(noTotal.confidence, 0)
  assert.equal(noAddress.confidence, whole.confidence)
  assert.ok(noAddress.completeness < whole.completeness)
})

test('totals that add up confirm each other, and others do not', async () => {
  const doubtful = { ...INVOICE, net_total: '100.00', tax_total: '19.00' }
  const agreeing = await scored('invoice', doubtful)
  const alone = await scored('invoice', { ...doubtful, tax_total: null })

  assert.ok(agreeing.confidence > alone.confidence)
  assert.equal(agreeing.confidence, round(0.95 * SURE ** 4))
  assert.equal(alone.confidence, round(0.95 * SURE ** 5))
})

test('a value of a million letters is refused in a short sentence', async () => {
  const scoring = await scored('part_record', { ...PART, mpn: 'A1-'.repeat(333_333) })

  assert.deepEqual(scoring.failedChecks, ['number_plausible'])
  assert.ok(checkIn(scoring, 'number_plausible').detail.length <= 400)
})

test('priority rises with doubt, nearness of the due date and worth', async () => {
  const calm = await scored('invoice', { ...INVOICE, due_date: '2027-01-31' }, LINES)
  const due = await scored('invoice', { ...INVOICE, due_date: '2026-11-21' }, LINES)
  const wrong = await scored('invoice', { ...INVOICE, due_date: '2026-11-21', currency: 'ZZZ' }, LINES)

  assert.ok(calm.priority < due.priority && due.priority < wrong.priority)
})

for (const kind of DOCUMENT_KINDS) {
  test(`the weights of the checks of ${kind} add up to 1 and their names differ`, () => {
    const rules = CHECKS_OF_KIND[kind]

    assert.equal(Math.round(rules.reduce((sum, rule) => sum + rule.weight, 0) * 1e6), 1e6)
    assert.equal(new Set(rules.map((rule) => rule.name)).size, rules.length)
  })
}

const anyKind = fc.constantFrom(...DOCUMENT_KINDS)
const anyValues = fc.dictionary(
  fc.constantFrom(
    ...new Set(DOCUMENT_KINDS.flatMap((kind) => [...FIELD_LISTS[kind].required, ...FIELD_LISTS[kind].optional])),
  ),
  fc.oneof(
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(null, '2026-01-01', '19.99', 'EUR'),
  ),
)

test('whatever was read, the score is well formed, says what failed, and is equal on a second run', async () => {
  await fc.assert(
    fc.asyncProperty(anyKind, anyValues, fc.array(anyValues, { maxLength: 3 }), async (kind, values, lines) => {
      const scoring = await scored(kind, values, lines)

      assert.deepEqual(scoring, await scored(kind, values, lines))
      assert.deepEqual(
        scoring.failedChecks,
        scoring.checks.filter((check) => check.outcome === 'failed').map(({ name }) => name),
      )
    }),
  )
})

test('any cents planted in a total are found, and no others', async () => {
  const cents = fc.integer({ min: 1, max: 100_000_000 })
  await fc.assert(
    fc.asyncProperty(cents, cents, fc.integer({ min: -3, max: 3 }), async (net, tax, planted) => {
      const text = (amount: number) => `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`
      const values = {
        net_total: text(net),
        tax_total: text(tax),
        gross_total: text(net + tax + (planted < 0 && net + tax < 4 ? 0 : planted)),
      }
      const expected = values.gross_total === text(net + tax) ? 'passed' : 'failed'

      assert.equal(checkIn(await scored('invoice', values), 'net_plus_tax_is_total').outcome, expected)
    }),
  )
})

async function scored(
  kind: DocumentKind,
  values: Values,
  lines: Values[] = [],
  firstSeen = firstSeenBy('job-1', new Map()),
  more: object = {},
  stored?: object,
): Promise<Scoring> {
  const stage = scoringStage()
  const fields = { ...fieldsOf(values), ...(stored ? READ_FROM_XML : {}) }
  const input = stage.input.parse({ kind, confidence: 0.95, fields, lineItems: lines.map(fieldsOf), ...more })
  const blobs = {
    read: () => (stored ? Promise.resolve(gzipSync(JSON.stringify(stored))) : Promise.reject(new Error())),
  }
  return Scoring.parse(await stage.handle(input, { now: NOW, firstSeen, blobs } as unknown as StageContext))
}

/** Scores a document whose stored model holds the invoice as UBL. */
const scoredEInvoice = (invoice: object | undefined): Promise<Scoring> =>
  scored(
    'invoice',
    {},
    [],
    undefined,
    { model: blob('model') },
    invoice ? { structured: [ublPart(invoice)] } : { pages: [] },
  )

const READ_FROM_XML = {
  invoice_number: { value: '2026-0107', confidence: 0.995, source: { method: 'structured', path: 'Invoice/ID' } },
}

const blob = (key: string) => ({ key, sha256: '0'.repeat(64), bytes: 1, mediaType: 'application/gzip' })

const fieldsOf = (values: Values): Fields =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, confidence: SURE }]))

const round = (share: number) => Math.round(share * 10_000) / 10_000

const outcomes = (scoring: Scoring) => Object.fromEntries(scoring.checks.map(({ name, outcome }) => [name, outcome]))

function checkIn(scoring: Scoring, name: string): Check {
  const found = scoring.checks.find((check) => check.name === name)
  assert.ok(found, `${name} ran`)
  return found
}

function firstSeenBy(jobId: string, seen: Map<string, string>): FirstSeen {
  return {
    claim(scope, key) {
      const first = seen.get(`${scope} ${key}`) ?? jobId
      seen.set(`${scope} ${key}`, first)
      return Promise.resolve({ jobId: first, at: NOW, isThisJob: first === jobId })
    },
  }
}
