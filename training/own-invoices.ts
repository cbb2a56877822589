import type { Box, DocumentModel } from '../packages/domain/src/document.ts'
import type { ScoredField } from '../services/extraction/src/invoice/field-candidates.ts'
import { FIRMS, GOODS, LANGUAGES, PERSONS, STREETS, TOWNS, type Language } from './own-invoice-words.ts'
import { createRandom, pick, type Random } from './random.ts'

/**
 * Invoices composed for this repository from invented firms, in several layouts and three languages, with their truth:
 * they teach labels and arrangements that the training data do not show. They are never measured on.
 */
export function ownInvoices(
  count = 150,
  seed = 11,
): {
  id: string
  group: string
  document: DocumentModel
  truth: { id: string } & Partial<Record<ScoredField, string>>
}[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, index) => compose(`own-${index}`, random))
}

/** Puts text at places: a line is a list of left edges and texts. */
type Row = [left: number, text: string][]

type Content = {
  language: Language
  seller: string
  buyer: string
  vat: string | undefined
  number: string
  issued: string
  due: string | undefined
  items: { name: string; quantity: number; price: number }[]
  net: number
  tax: number
  paid: number
}

function compose(id: string, random: Random): ReturnType<typeof ownInvoices>[number] {
  const content = invent(random)
  const { seller, buyer, vat, number, issued, due, net, tax } = content
  const totals = totalRows(content, random)
  const rows = [...headRows(content, random), ...itemRows(content), ...totals]
  const payable = totals.length > 3 ? net + tax - content.paid : net + tax
  const amounts = {
    net_total: euros(net),
    tax_total: euros(tax),
    gross_total: euros(net + tax),
    due_amount: euros(payable),
  }
  const parties = { seller_name: seller, buyer_name: buyer, ...(vat ? { seller_vat_id: vat } : {}) }
  const truth = {
    id,
    invoice_number: number,
    issue_date: issued,
    ...(due ? { due_date: due } : {}),
    ...parties,
    ...amounts,
  }
  return { id, group: id, document: toDocument(rows), truth }
}

function invent(random: Random): Content {
  const seller = pick(FIRMS, random)
  const items = Array.from({ length: 1 + Math.floor(random() * 6) }, () => ({
    name: pick(GOODS, random),
    quantity: 1 + Math.floor(random() * 20),
    price: 100 + Math.floor(random() * 9000),
  }))
  const net = items.reduce((sum, { quantity, price }) => sum + quantity * price, 0)
  const tax = Math.round(net * pick([0.19, 0.2, 0.07], random))
  return {
    language: pick(LANGUAGES, random),
    seller,
    buyer: pick(
      FIRMS.filter((firm) => firm !== seller),
      random,
    ),
    vat: random() < 0.8 ? pick(['DE999999999', 'FR00999999999', 'GB999999973', 'ATU99999999'], random) : undefined,
    number: inventNumber(random),
    issued: day(random),
    due: random() < 0.7 ? day(random) : undefined,
    items,
    net,
    tax,
    paid: random() < 0.2 ? Math.round((net + tax) * 0.3) : 0,
  }
}

function inventNumber(random: Random): string {
  const digits = (count: number): string => String(Math.floor((0.1 + random() * 0.9) * 10 ** count))
  return pick(
    [`R${digits(5)}`, `INV-2025-${digits(3)}`, digits(6), `FA-${digits(4)}`, `2025/${digits(4)}`, `2025-${digits(4)}`],
    random,
  )
}

/** A line above the address, parties below each other, or side by side. */
function headRows(content: Content, random: Random): Row[] {
  const { language, seller, buyer, vat } = content
  const address = (left: number): Row[] => [[[left, pick(STREETS, random)]], [[left, pick(TOWNS, random)]]]
  const vatRow: Row[] = vat ? [[[50, `${pick(language.vat, random)} ${vat}`]]] : []
  const facts = factRows(content, random)
  const title: Row[] = [
    [[50, random() < 0.3 ? `${pick(language.title, random)} ${content.number}` : pick(language.title, random)]],
  ]
  const sellerRows: Row[] = [[[50, seller]], ...address(50)]
  // Some letters name a person below the firm, who is not the buyer.
  const person = random() < 0.4 ? pick(PERSONS, random) : undefined
  const addressee = (left: number): Row[] => [
    [[left, buyer]],
    ...(person ? [[[left, person]] as Row] : []),
    ...address(left),
  ]
  const labelled: Row[] = [[[50, pick(language.buyer, random)]], ...addressee(50)]
  const layout = random()
  if (layout < 0.25) {
    const sender: Row = [
      [50, `${seller} ${pick(['-', '·', '|'], random)} ${pick(STREETS, random)}, ${pick(TOWNS, random)}`],
    ]
    const top: Row[] = random() < 0.6 ? [[[50, seller]]] : []
    if (random() < 0.4) {
      const shipped: Row[] = [[[50, pick(language.ship, random)]], [[50, buyer]], ...address(50)]
      return [...top, sender, ...vatRow, ...title, ...zip(shipped, addressee(330)), ...facts]
    }
    return [...top, sender, ...zip(addressee(50), facts), ...title, ...vatRow]
  }
  if (layout < 0.5) {
    const right: Row[] = [[[320, pick(language.buyer, random)]], ...addressee(320)]
    const left: Row[] = [random() < 0.5 ? [[50, pick(language.seller, random)]] : [], ...sellerRows]
    const top: Row[] = random() < 0.5 ? [[[50, seller]]] : []
    return [...top, ...title, ...facts, ...zip(left, right), ...vatRow]
  }
  const heading: Row[] = layout < 0.7 ? [[[50, pick(language.seller, random)]]] : []
  const middle = random() < 0.5 ? zip(labelled, facts) : [...labelled, ...facts]
  return [...heading, ...sellerRows, ...vatRow, ...title, ...middle]
}

function factRows({ language, number, issued, due }: Content, random: Random): Row[] {
  const date = (iso: string): string => spell(iso, language, random)
  const facts: [string, string][] = [
    [pick(language.number, random), number],
    [pick(language.date, random), date(issued)],
    ...(due ? [[pick(language.due, random), date(due)] as [string, string]] : []),
    ...language.other.filter(() => random() < 0.5),
  ]
  const left = random() < 0.6 ? 330 : 50
  const apart = random() < 0.5
  return facts.map(([label, value]) =>
    apart
      ? [
          [left, label],
          [left + 140, value],
        ]
      : [[left, `${label} ${value}`]],
  )
}

function itemRows({ language, items }: Content): Row[] {
  const [name = '', quantity = '', price = '', amount = ''] = language.head
  const head: Row = [
    [50, name],
    [300, quantity],
    [380, price],
    [480, amount],
  ]
  const body = items.map((item): Row => [
    [50, item.name],
    [300, String(item.quantity)],
    [380, show(item.price, language)],
    [480, show(item.quantity * item.price, language)],
  ])
  return [head, ...body]
}

function totalRows({ language, net, tax, paid }: Content, random: Random): Row[] {
  const currency = pick([' EUR', ' €', ''], random)
  const row = (labels: string[], cents: number): Row => [
    [330, pick(labels, random)],
    [480, `${show(cents, language)}${currency}`],
  ]
  const payable = paid > 0 || random() < 0.5 ? [row(language.payable, net + tax - paid)] : []
  return [row(language.net, net), row(language.tax, tax), row(language.gross, net + tax), ...payable]
}

const euros = (cents: number): string => (cents / 100).toFixed(2)

const day = (random: Random): string =>
  `202${Math.floor(random() * 7)}-${String(1 + Math.floor(random() * 12)).padStart(2, '0')}-${String(1 + Math.floor(random() * 28)).padStart(2, '0')}`

function spell(iso: string, { decimals }: Language, random: Random): string {
  const [year, month, date] = iso.split('-')
  if (random() < 0.2) return iso
  return decimals === '.' ? `${date}/${month}/${year}` : `${date}.${month}.${year}`
}

function show(cents: number, { decimals }: Language): string {
  const [whole, fraction] = (cents / 100).toFixed(2).split('.')
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, decimals === ',' ? '.' : ',')
  return `${grouped}${decimals}${fraction}`
}

const zip = (left: Row[], right: Row[]): Row[] =>
  Array.from({ length: Math.max(left.length, right.length) }, (_, index) => [
    ...(left[index] ?? []),
    ...(right[index] ?? []),
  ])

function toDocument(rows: Row[]): DocumentModel {
  const lines = rows
    .filter((row) => row.length > 0)
    .map((row, index) => {
      const words = row.flatMap(([left, text]) => place(left, text, 40 + index * 14))
      const box: Box = [words[0]!.box[0], words[0]!.box[1], words.at(-1)!.box[2], words[0]!.box[3]]
      return { text: row.map(([, text]) => text).join('  '), box, words }
    })
  return {
    reader: 'own',
    mediaType: 'application/pdf',
    pages: [{ number: 1, width: 595, height: 842, origin: 'text', lines }],
    tables: [],
    structured: [],
    metadata: {},
    warnings: [],
  }
}

function place(left: number, text: string, top: number): { text: string; box: Box }[] {
  let at = left
  return text.split(' ').map((word) => {
    const box: Box = [at, top, at + word.length * 5, top + 10]
    at = box[2] + 3
    return { text: word, box }
  })
}
