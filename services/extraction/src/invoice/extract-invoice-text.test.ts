import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DocumentModel } from '@stageline/domain'
import { shippedModels } from '../models.ts'
import { extractInvoiceText } from './extract-invoice-text.ts'
import { pageCells } from './page-cells.ts'

for (const [language, rows, expected] of INVOICES()) {
  test(`a printed invoice in ${language} gives its header`, () => {
    const { fields } = extractInvoiceText(textPage(rows), shippedModels().invoice())

    const found = Object.fromEntries(Object.keys(expected).map((name) => [name, fields[name]?.value]))
    assert.deepEqual(found, expected)
    for (const { confidence } of Object.values(fields)) assert.ok(confidence >= 0 && confidence <= 1)
  })
}

test('the positions of a printed invoice are read below their heading', () => {
  const [, rows] = INVOICES()[0]!

  const { lineItems } = extractInvoiceText(textPage(rows), shippedModels().invoice())

  const values = lineItems.map((line) =>
    Object.fromEntries(Object.entries(line).map(([name, field]) => [name, field.value])),
  )
  assert.deepEqual(values, [
    { description: 'Consulting on site', quantity: '2', unit_price: '100.00', line_total: '200.00' },
    { description: 'Desk lamp', quantity: '10', unit_price: '9.50', line_total: '95.00' },
  ])
})

test('headings and descriptions that wrap, and numbers run into the next column, are read by their places', () => {
  const rows = [
    'Pos  Art. no.      Description          Unit price    Qty     Line',
    '                                                              amount',
    '1    A-100         Garden hose             10.00       2      20.00',
    '     4000001234561 green',
    '                   Gross price: 12.50  Discount: 2.50',
    '2    B-7           Copy paper               5.00       3      15.00',
    '                                        Subtotal              35.00',
    '3    tax           Not a position           5.00       1       5.00',
  ]

  const { lineItems } = extractInvoiceText(textPage(rows), shippedModels().invoice())

  assert.deepEqual(
    lineItems.map((line) => [line['description'], line['quantity'], line['line_total']].map((field) => field?.value)),
    [
      ['Garden hose green', '2', '20.00'],
      ['Copy paper', '3', '15.00'],
    ],
  )
})

test('a position whose quantity times price is its amount is surer than one where that fails', () => {
  const rows = [
    'Description          Qty      Unit price      Amount',
    'Desk lamp              2         10.00         20.00',
    'Copy paper             3          5.00         14.00',
    'Subtotal                                       34.00',
  ]

  const { lineItems } = extractInvoiceText(textPage(rows), shippedModels().invoice())

  const [right, wrong] = lineItems.map((line) => line['line_total']?.confidence ?? 0)
  assert.ok(right! > wrong!, `${right} and ${wrong}`)
})

test('text set sideways in the margin is no part of the lines beside it', () => {
  const page = textPage(['Harbour Light Consulting Ltd'])
  const line = page.pages[0]!.lines[0]!
  const sideways = { text: 'Copyright', box: [4, 30, 10, 90] as [number, number, number, number] }
  const text = `${sideways.text}  ${line.text}`

  const cells = pageCells({
    ...page,
    pages: [{ ...page.pages[0]!, lines: [{ ...line, text, words: [sideways, ...line.words!] }] }],
  })

  assert.deepEqual(
    cells.map((row) => row.map((cell) => cell.text)),
    [['Harbour Light Consulting Ltd']],
  )
})

function INVOICES(): [string, string[], Record<string, string>][] {
  const same = { net_total: '295.00', issue_date: '2026-03-02' }
  return [
    [
      'English',
      [
        'Harbour Light Consulting Ltd',
        '12 Mill Road',
        'Fernhill FX1 2YZ',
        'VAT No. GB999999973',
        'Invoice',
        'Bill to          Invoice number  INV-2026-77',
        'Willow Creek Dairy          Invoice date  02/03/2026',
        '77 Sample Street          Due date  01/04/2026',
        '90000 Springdale',
        'Description          Qty      Unit price      Amount',
        'Consulting on site          2      100.00      200.00',
        'Desk lamp          10      9.50      95.00',
        '                    Subtotal      295.00 GBP',
        '                    VAT 20%      59.00 GBP',
        '                    Total      354.00 GBP',
      ],
      {
        ...same,
        invoice_number: 'INV-2026-77',
        due_date: '2026-04-01',
        seller_name: 'Harbour Light Consulting Ltd',
        buyer_name: 'Willow Creek Dairy',
        seller_vat_id: 'GB999999973',
        tax_total: '59.00',
        gross_total: '354.00',
        currency: 'GBP',
      },
    ],
    [
      'German',
      [
        'Kupferkessel KG',
        'Hauptweg 4',
        '99998 Musterort',
        'Rechnungsempfänger          Rechnungsnummer  20260077',
        'Muster Elektronik AG          Rechnungsdatum  02.03.2026',
        'Am Beispiel 3          Kundennummer  40211',
        '99996 Beispielheim',
        'Rechnung',
        'Bezeichnung          Menge      Einzelpreis      Gesamtpreis',
        'Ordner breit          10      29,50      295,00',
        '                    Nettobetrag      295,00 €',
        '                    MwSt. 19 %      56,05 €',
        '                    Rechnungsbetrag      351,05 €',
        'USt-IdNr. DE999999999  IBAN XX00 0000',
      ],
      {
        ...same,
        invoice_number: '20260077',
        seller_name: 'Kupferkessel KG',
        buyer_name: 'Muster Elektronik AG',
        seller_vat_id: 'DE999999999',
        tax_total: '56.05',
        gross_total: '351.05',
        currency: 'EUR',
      },
    ],
    [
      'French',
      [
        'Maison Imaginaire SAS',
        '8 rue des Lilas',
        '00100 Villefictive',
        'Facture n° FA-770',
        'Date de facture  02/03/2026',
        'Adresse de facturation',
        'Papeterie du Lac',
        '8 rue des Saules',
        '00200 Villefictive',
        'Désignation          Quantité      Prix unitaire      Montant',
        'Chaise pliante          10      29,50      295,00',
        '                    Total HT      295,00 €',
        '                    TVA 20 %      59,00 €',
        '                    Total TTC      354,00 €',
        'N° TVA FR00999999999',
      ],
      {
        ...same,
        invoice_number: 'FA-770',
        seller_name: 'Maison Imaginaire SAS',
        buyer_name: 'Papeterie du Lac',
        seller_vat_id: 'FR00999999999',
        tax_total: '59.00',
        gross_total: '354.00',
        currency: 'EUR',
      },
    ],
  ]
}

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
