import type { DocumentModel } from '../packages/domain/src/document.ts'
import { createRandom, pick, type Random } from './random.ts'

/** Till receipts composed for this repository, in three languages, with their truth. They are never measured on. */
export function ownReceipts(
  count = 70,
  seed = 3,
): {
  id: string
  document: DocumentModel
  truth: { id: string; company: string; date: string; address: string; total: string }
}[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, index) => compose(`own-${index}`, random))
}

const FIRMS = [
  'Harbour Light Diner LLC',
  'Quillfeather & Sons Ltd',
  'Bäckerei Beispiel GmbH',
  'Café Imaginaire',
  'GRANITE BAY FOODS INC.',
  'Fictive Garden Centre',
  'Boulangerie du Modèle SARL',
  'MUSTER MARKT',
  'Orchard Lane Bistro',
]
const STREETS = ['12 Mill Road', '77 Sample Street', 'Hauptweg 4', '8 rue des Lilas', 'Musterstraße 20']
const TOWNS = ['Fernhill FX1 2YZ', 'Springdale, CA 90000', '99998 Musterort', '00100 Villefictive']
const GOODS = [
  'Flat white',
  'Bread',
  'Lunch special',
  'Apfelkuchen',
  'Croissant',
  'Garden soil 20 l',
  'Iced tea',
  'Vollkornbrot',
  'Salade verte',
]
const WORDS = [
  {
    receipt: 'Receipt',
    date: 'Date:',
    sub: 'Subtotal',
    tax: ['Tax', 'VAT', 'Sales tax'],
    total: ['TOTAL', 'Total', 'Amount due'],
    cash: ['Cash', 'Visa', 'Card'],
    change: 'Change',
    thanks: 'Thank you',
    sign: ['$', '£', ''],
  },
  {
    receipt: 'Bon',
    date: 'Datum',
    sub: 'Zwischensumme',
    tax: ['MwSt. 7 %', 'USt.'],
    total: ['SUMME', 'Gesamt', 'Zu zahlen'],
    cash: ['Bar', 'EC-Karte'],
    change: 'Rückgeld',
    thanks: 'Vielen Dank',
    sign: ['', '€'],
  },
  {
    receipt: 'Ticket',
    date: 'Date',
    sub: 'Sous-total',
    tax: ['TVA 10 %', 'TVA'],
    total: ['TOTAL', 'Total TTC', 'À payer'],
    cash: ['Espèces', 'CB'],
    change: 'Rendu',
    thanks: 'Merci',
    sign: ['', '€'],
  },
]

type Row = [left: number, text: string][]

type Words = (typeof WORDS)[number]
type Money = (cents: number) => string

function compose(id: string, random: Random): ReturnType<typeof ownReceipts>[number] {
  const words = pick(WORDS, random)
  const company = pick(FIRMS, random)
  const address = random() < 0.75 ? [pick(STREETS, random), pick(TOWNS, random)] : []
  const date = inventDate(random)
  const money = moneyWith(pick(words.sign, random))
  const items = Array.from({ length: 1 + Math.floor(random() * 5) }, () => ({
    name: `${1 + Math.floor(random() * 3)} x ${pick(GOODS, random)}`,
    cents: 100 + Math.floor(random() * 3000),
  }))
  const net = items.reduce((sum, { cents }) => sum + cents, 0)
  const tax = random() < 0.7 ? Math.round(net * 0.1) : 0
  const rows: Row[] = [
    [[150, company]],
    ...address.map((text): Row => [[200, text]]),
    [[180, `${words.receipt} ${Math.floor(random() * 90000)}`]],
    [[180, `${words.date} ${date} 1${Math.floor(random() * 9)}:2${Math.floor(random() * 9)}`]],
    ...items.map(({ name, cents }) => line(name, money(cents))),
    ...sumRows(words, net, tax, money, random),
    [[200, words.thanks]],
  ]
  const truth = { id, company, date, address: address.join(' '), total: money(net + tax).replace(' €', '') }
  return { id, document: toDocument(rows, random() < 0.5), truth }
}

function inventDate(random: Random): string {
  const sign = pick(['/', '.'], random)
  return [String(1 + Math.floor(random() * 28)).padStart(2, '0'), `0${1 + Math.floor(random() * 9)}`, '2025'].join(sign)
}

const moneyWith =
  (sign: string): Money =>
  (cents) =>
    `${sign === '€' ? '' : sign}${(cents / 100).toFixed(2)}${sign === '€' ? ' €' : ''}`

function sumRows(words: Words, net: number, tax: number, money: Money, random: Random): Row[] {
  const total = net + tax
  const given = random() < 0.7 ? Math.ceil(total / 1000) * 1000 : total
  const taxed = tax > 0 ? [line(pick(words.tax, random), money(tax))] : []
  const sums = tax > 0 || random() < 0.5 ? [line(words.sub, money(net)), ...taxed] : []
  const change = given > total ? [line(words.change, money(given - total))] : []
  return [
    ...sums,
    line(pick(words.total, random), money(total)),
    line(pick(words.cash, random), money(given)),
    ...change,
  ]
}

const line = (label: string, value: string): Row => [
  [60, label],
  [500, value],
]

/** Readers give a row as one line, or its ends as two. */
function toDocument(rows: Row[], joined: boolean): DocumentModel {
  const lines = rows.flatMap((row, index) => {
    const top = 50 + index * 36
    const parts = row.map(([left, text]) => ({
      text,
      box: [left, top, left + text.length * 10, top + 24] as [number, number, number, number],
    }))
    const [first, last] = [parts[0]!, parts.at(-1)!]
    return joined
      ? [
          {
            text: parts.map(({ text }) => text).join('  '),
            box: [first.box[0], top, last.box[2], top + 24] as [number, number, number, number],
          },
        ]
      : parts
  })
  return {
    reader: 'own',
    mediaType: 'image/png',
    pages: [{ number: 1, width: 620, height: 50 + rows.length * 36, origin: 'ocr', lines }],
    tables: [],
    structured: [],
    metadata: {},
    warnings: [],
  }
}
