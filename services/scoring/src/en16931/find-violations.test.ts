import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { findViolations, RULES } from './find-violations.ts'
import { ciiInvoice, ciiPart, ublInvoice, ublPart, withValue } from './testing/invoice-trees.ts'

test('an invoice that keeps the rules breaks none, in either syntax', () => {
  assert.deepEqual(findViolations(ublPart(ublInvoice())), [])
  assert.deepEqual(findViolations(ciiPart(ciiInvoice())), [])
})

test('what is no invoice of EN 16931 is not judged', () => {
  assert.equal(findViolations({ form: 'xml', from: 'document', data: { Order: { ID: '1' } } }), undefined)
  assert.equal(findViolations({ form: 'cii', from: 'document', data: { CrossIndustryDocument: '' } }), undefined)
})

type Row = [rules: string[], path: string, value: unknown]

const LINE = 'InvoiceLine.1'
const SELLER = 'AccountingSupplierParty.Party'
const TOTALS = 'LegalMonetaryTotal'
const BREAKDOWN = 'TaxTotal.TaxSubtotal'

const inUbl: Row[] = [
  [['BR-02'], 'ID', undefined],
  [['BR-02'], 'ID', ''],
  [['BR-07'], 'AccountingCustomerParty.Party.PartyLegalEntity', ''],
  [['BR-09'], `${SELLER}.PostalAddress.Country`, undefined],
  [['BR-21'], `${LINE}.ID`, ' '],
  [['BR-23'], `${LINE}.InvoicedQuantity`, '1'],
  [['BR-27'], `${LINE}.Price.PriceAmount.#text`, '-40.00'],
  [['BR-29'], 'InvoicePeriod', { StartDate: '2026-11-02', EndDate: '2026-11-01' }],
  [['BR-CO-19'], 'InvoicePeriod', ''],
  [['BR-33', 'BR-CO-21'], 'AllowanceCharge.AllowanceChargeReason', undefined],
  [['BR-50', 'BR-61'], 'PaymentMeans', { PaymentMeansCode: '58', PayeeFinancialAccount: '' }],
  [['BR-51'], 'PaymentMeans', { PaymentMeansCode: '48', CardAccount: { PrimaryAccountNumberID: '41111111111' } }],
  [['BR-53'], 'TaxCurrencyCode', 'SEK'],
  [['BR-62'], `${SELLER}.EndpointID`, 'someone@example.com'],
  [['BR-CO-09'], `${SELLER}.PartyTaxScheme.CompanyID`, '123456789'],
  [['BR-12', 'BR-13', 'BR-14', 'BR-15', 'BR-CO-15'], TOTALS, undefined],
  [['BR-S-08'], 'AllowanceCharge.TaxCategory.Percent', '7'],
  [['BR-CO-10', 'BR-CO-13'], `${TOTALS}.LineExtensionAmount.#text`, '100.01'],
  [['BR-CO-11', 'BR-CO-13'], `${TOTALS}.AllowanceTotalAmount`, undefined],
  [['BR-CO-16'], `${TOTALS}.PayableAmount.#text`, '107.00'],
  [['BR-CO-14', 'BR-CO-15'], 'TaxTotal.TaxAmount.#text', '17.11'],
  [['BR-CO-15'], 'TaxTotal.TaxAmount.@_currencyID', 'SEK'],
  [['BR-CO-25'], 'DueDate', undefined],
  [['BR-S-02', 'BR-S-03', 'BR-CO-26'], `${SELLER}.PartyTaxScheme`, undefined],
  [['BR-S-08', 'BR-S-09', 'BR-CO-17'], `${BREAKDOWN}.TaxableAmount.#text`, '80.00'],
  [['BR-S-10'], `${BREAKDOWN}.TaxCategory.TaxExemptionReason`, 'None'],
  [['BR-CL-14'], `${SELLER}.PostalAddress.Country.IdentificationCode`, 'DEU'],
  [['BR-CL-23'], `${LINE}.InvoicedQuantity.@_unitCode`, 'Stück'],
  [['UBL-DT-01', 'BR-DEC-18'], `${TOTALS}.PayableAmount.#text`, '107.100'],
  [['UBL-SR-48'], `${LINE}.Item.ClassifiedTaxCategory`, [{ ID: 'S', Percent: '19', TaxScheme: { ID: 'VAT' } }, '']],
  [
    ['UBL-SR-47'],
    'PaymentMeans',
    [
      { PaymentMeansCode: '10', PaymentID: '7' },
      { PaymentMeansCode: '48', PaymentID: '7' },
    ],
  ],
]

for (const [rules, path, value] of inUbl) {
  test(`UBL with ${path} ${JSON.stringify(value)} breaks ${rules.join(', ')} and no other rule`, () => {
    const found = findViolations(ublPart(withValue(ublInvoice(), path, value))) ?? []

    assert.deepEqual(found.map(({ rule }) => rule).toSorted(), rules.toSorted())
    for (const { findings } of found)
      for (const { where, detail } of findings) assert.match(`${where} ${detail}`, /^Invoice.*\.$/)
  })
}

const SETTLED = 'SupplyChainTradeTransaction.ApplicableHeaderTradeSettlement'
const inCii: Row[] = [
  [['BR-02'], 'ExchangedDocument.ID', undefined],
  [['BR-16', 'BR-CO-10', 'BR-S-08'], 'SupplyChainTradeTransaction.IncludedSupplyChainTradeLineItem', undefined],
  [['BR-CO-14', 'BR-CO-17', 'BR-S-09'], `${SETTLED}.ApplicableTradeTax.CalculatedAmount`, '71.10'],
  [['BR-CO-16'], `${SETTLED}.SpecifiedTradeSettlementHeaderMonetarySummation.DuePayableAmount`, '0'],
  [['BR-CL-04', 'BR-CO-15'], `${SETTLED}.InvoiceCurrencyCode`, 'EURO'],
  [
    ['BR-29'],
    `${SETTLED}.BillingSpecifiedPeriod`,
    { StartDateTime: { DateTimeString: '20261102' }, EndDateTime: { DateTimeString: '20261101' } },
  ],
]

for (const [rules, path, value] of inCii) {
  test(`CII with ${path} ${JSON.stringify(value)} breaks ${rules.join(', ')} and no other rule`, () => {
    const found = findViolations(ciiPart(withValue(ciiInvoice(), path, value))) ?? []

    assert.deepEqual(found.map(({ rule }) => rule).toSorted(), rules.toSorted())
  })
}

/** How the one line and the breakdown of an invoice without tax look, and which rules are kept by them. */
const untaxed: [category: string, reason: string | undefined, rules: string[]][] = [
  ['Z', undefined, []],
  ['Z', 'No tax', ['BR-Z-10']],
  ['E', 'Education', []],
  ['E', undefined, ['BR-E-10']],
  ['AE', 'Reverse charge', ['BR-AE-02']],
  ['K', 'Intra-community supply', ['BR-IC-02', 'BR-IC-11', 'BR-IC-12']],
  ['G', 'Export', []],
  ['O', 'Not subject to VAT', ['BR-O-02', 'BR-O-05']],
]

for (const [category, reason, rules] of untaxed) {
  test(`category ${category} with reason ${reason} breaks ${rules.join(', ') || 'no rule'}`, () => {
    const tax = { ID: category, Percent: '0', TaxScheme: { ID: 'vat' } }
    const [, lamp] = ublInvoice().InvoiceLine
    const changes: [string, unknown][] = [
      ['AllowanceCharge', undefined],
      ['InvoiceLine', { ...lamp, Item: { Name: 'Lamp', ClassifiedTaxCategory: tax } }],
      ['TaxTotal.TaxAmount.#text', '0'],
      ['TaxTotal.TaxSubtotal.TaxAmount.#text', '0.00'],
      ['TaxTotal.TaxSubtotal.TaxableAmount.#text', '40'],
      ['TaxTotal.TaxSubtotal.TaxCategory', { ...tax, TaxExemptionReason: reason }],
      [`${TOTALS}.AllowanceTotalAmount`, undefined],
      ...['LineExtension', 'TaxExclusive', 'TaxInclusive', 'Payable'].map((name): [string, unknown] => [
        `${TOTALS}.${name}Amount.#text`,
        '40.00',
      ]),
    ]
    const invoice = changes.reduce<object>((tree, [path, value]) => withValue(tree, path, value), ublInvoice())

    const found = findViolations(ublPart(invoice)) ?? []

    assert.deepEqual(found.map(({ rule }) => rule).toSorted(), rules.toSorted())
  })
}

test('any cents planted in the amount due are found, and no others', () => {
  fc.assert(
    fc.property(fc.integer({ min: -500, max: 500 }), (cents) => {
      const due = ((10_710 + cents) / 100).toFixed(2)

      const found = findViolations(ublPart(withValue(ublInvoice(), `${TOTALS}.PayableAmount.#text`, due))) ?? []

      assert.deepEqual(
        found.map(({ rule }) => rule),
        cents === 0 ? [] : ['BR-CO-16'],
      )
    }),
  )
})

test('whatever stands in the tree, the rules answer', () => {
  const anyTree = fc.letrec((tie) => ({
    tree: fc.dictionary(
      fc.constantFrom(...Object.keys(ublInvoice()), 'Party', 'ID', 'Amount', 'Percent', '@_currencyID', '#text'),
      fc.oneof({ maxDepth: 4 }, fc.string(), fc.constant(''), tie('tree'), fc.array(tie('tree'), { maxLength: 2 })),
    ),
  })).tree
  fc.assert(
    fc.property(anyTree, (tree) => {
      assert.ok(Array.isArray(findViolations(ublPart(tree))))
    }),
  )
})

test('every rule has a code of the standard', () => {
  for (const { code } of RULES) assert.match(code, /^(BR-([A-Z]{1,3}-)?\d{2}|UBL-(SR|DT)-\d{2})$/)
})
