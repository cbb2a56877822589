import type { Box, DocumentModel } from '../packages/domain/src/document.ts'
import type { ScoredField } from '../services/extraction/src/invoice/field-candidates.ts'
import { createRandom, pick, type Random } from './random.ts'

/**
 * Invoices composed for this repository from invented firms, in several layouts and three languages, with their truth:
 * they teach labels and arrangements that the training data do not show. They are never measured on.
 */
export function ownInvoices(
  count = 90,
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

type Language = {
  title: string[]
  number: string[]
  date: string[]
  due: string[]
  buyer: string[]
  seller: string[]
  vat: string[]
  head: string[]
  net: string[]
  tax: string[]
  gross: string[]
  payable: string[]
  other: [string, string][]
  decimals: ',' | '.'
}

const LANGUAGES: Language[] = [
  {
    title: ['Invoice', 'INVOICE', 'Tax Invoice', 'Credit Note'],
    number: ['Invoice No.', 'Invoice number:', 'Invoice #', 'No.', 'Credit note no.'],
    date: ['Invoice date', 'Date', 'Date of issue:', 'Issued'],
    due: ['Due date', 'Payment due', 'Please pay by', 'Due on'],
    buyer: ['Bill to', 'Sold to', 'Customer', 'Invoice to:'],
    seller: ['From', 'Seller', 'Supplier'],
    vat: ['VAT No.', 'VAT ID:', 'VAT Reg No', 'Tax ID'],
    head: ['Description', 'Qty', 'Unit price', 'Amount'],
    net: ['Subtotal', 'Net total', 'Total excl. VAT', 'Net amount'],
    tax: ['VAT 20%', 'VAT', 'Tax', 'Total VAT'],
    gross: ['Total', 'Grand total', 'Total incl. VAT', 'Invoice total', 'Total amount'],
    payable: ['Amount due', 'Balance due', 'Total due', 'Please pay'],
    other: [
      ['Customer no.', '40211'],
      ['PO number', 'PO-5512'],
      ['Delivery date', '03/02/2025'],
      ['Phone', '+00 555 0100'],
    ],
    decimals: '.',
  },
  {
    title: ['Rechnung', 'RECHNUNG', 'Gutschrift', 'Warenrechnung'],
    number: ['Rechnungsnummer', 'Rechnungs-Nr.:', 'Rechnung Nr.', 'Beleg-Nr.'],
    date: ['Rechnungsdatum', 'Datum', 'Beleg-Datum:', 'vom'],
    due: ['Fällig am', 'Zahlbar bis', 'Fälligkeit', 'Zahlungsziel'],
    buyer: ['Rechnungsempfänger', 'Kunde', 'Käufer:', 'Rechnung an'],
    seller: ['Verkäufer', 'Lieferant', 'Rechnungssteller'],
    vat: ['USt-IdNr.', 'USt.-Id.-Nr.:', 'Umsatzsteuer-ID'],
    head: ['Bezeichnung', 'Menge', 'Einzelpreis', 'Gesamtpreis'],
    net: ['Nettobetrag', 'Summe netto', 'Zwischensumme', 'Rechnungssumme ohne USt.'],
    tax: ['MwSt. 19 %', 'Umsatzsteuer', 'USt. gesamt', 'Steuerbetrag'],
    gross: ['Gesamtbetrag', 'Rechnungsbetrag', 'Bruttosumme', 'Endbetrag'],
    payable: ['Zahlbetrag', 'Zu zahlen', 'Offener Betrag'],
    other: [
      ['Kundennummer', '40211'],
      ['Bestellung', 'B-5512'],
      ['Lieferdatum', '03.02.2025'],
      ['Telefon', '+49 30 000000'],
    ],
    decimals: ',',
  },
  {
    title: ['Facture', 'FACTURE', 'Avoir'],
    number: ['Facture n°', 'N° de facture :', 'Numéro de facture'],
    date: ['Date de facture', 'Date', "Date d'émission :"],
    due: ["Date d'échéance", 'Échéance', 'À payer avant le'],
    buyer: ['Adresse de facturation', 'Client', 'Facturé à'],
    seller: ['Vendeur', 'Fournisseur', 'Émetteur'],
    vat: ['N° TVA', 'TVA :', 'TVA intracommunautaire'],
    head: ['Désignation', 'Quantité', 'Prix unitaire', 'Montant'],
    net: ['Total HT', 'Montant HT', 'Sous-total HT'],
    tax: ['TVA 20 %', 'Total TVA', 'Total taxes'],
    gross: ['Total TTC', 'Montant TTC', 'Total'],
    payable: ['Net à payer', 'Reste à payer', 'Solde'],
    other: [
      ['N° client', '40211'],
      ['Commande', 'C-5512'],
      ['Date de livraison', '03/02/2025'],
      ['SIRET', '00000000000000'],
    ],
    decimals: ',',
  },
]

const FIRMS = [
  'Nordlicht Werkzeuge GmbH',
  'Blue Heron Supplies Ltd',
  'Atelier Bois-Clair SARL',
  'Example Robotics Inc.',
  'Muster Elektronik AG',
  'Quillfeather & Sons',
  'Papeterie du Lac',
  'Granite Bay Foods LLC',
  'Fictive Components B.V.',
  'Orchard Lane Trading',
  'Stadtwerke Beispielheim',
  'Maison Imaginaire SAS',
  'Harbour Light Consulting',
  'Kupferkessel KG',
  'Willow Creek Dairy',
]
const STREETS = [
  '12 Mill Road',
  'Hauptweg 4',
  '8 rue des Lilas',
  '77 Sample Street',
  'Am Beispiel 3',
  'Musterstraße 20',
]
const TOWNS = [
  '99998 Musterort',
  '00100 Villefictive',
  'Fernhill FX1 2YZ',
  'DE 99996 Beispielheim',
  'Springdale, CA 90000',
]
const GOODS = [
  'Desk lamp brass',
  'Screw set',
  'Copy paper',
  'Consulting on site',
  'Hosting fee',
  'Kabelbinder',
  'Ordner breit',
  'Café en grains',
  'Chaise pliante',
  'Sensor module',
  'Training day',
]

/** Puts text at places: a line is a list of left edges and texts. */
type Row = [left: number, text: string][]

function compose(id: string, random: Random): ReturnType<typeof ownInvoices>[number] {
  const language = pick(LANGUAGES, random)
  const seller = pick(FIRMS, random)
  const buyer = pick(
    FIRMS.filter((firm) => firm !== seller),
    random,
  )
  const items = Array.from({ length: 1 + Math.floor(random() * 6) }, () => ({
    name: pick(GOODS, random),
    quantity: 1 + Math.floor(random() * 20),
    price: 100 + Math.floor(random() * 9000),
  }))
  const net = items.reduce((sum, { quantity, price }) => sum + quantity * price, 0)
  const tax = Math.round(net * pick([0.19, 0.2, 0.07], random))
  const paid = random() < 0.2 ? Math.round((net + tax) * 0.3) : 0
  const money = (cents: number): string => show(cents, language)
  const number = pick(
    [
      () => `R${Math.floor(random() * 90000 + 10000)}`,
      () => `INV-2025-${Math.floor(random() * 900 + 100)}`,
      () => `${Math.floor(random() * 900000 + 100000)}`,
      () => `FA-${Math.floor(random() * 9000)}`,
      () => `2025/${Math.floor(random() * 9000 + 100)}`,
    ],
    random,
  )()
  const issued = day(random)
  const due = random() < 0.7 ? day(random) : undefined
  const vat = random() < 0.8 ? pick(['DE999999999', 'FR00999999999', 'GB999999973', 'ATU99999999'], random) : undefined
  const date = (iso: string): string => spell(iso, language, random)
  const sellerRows: Row[] = [[[50, seller]], [[50, pick(STREETS, random)]], [[50, pick(TOWNS, random)]]]
  const sellerHead: Row[] =
    random() < 0.4
      ? [[[50, pick(language.seller, random)]], ...sellerRows]
      : random() < 0.5
        ? [[[50, `${seller} - ${pick(STREETS, random)} - ${pick(TOWNS, random)}`]]]
        : sellerRows
  const vatRow: Row[] = vat ? [[[50, `${pick(language.vat, random)} ${vat}`]]] : []
  const numberLabel = pick(language.number, random)
  const title = pick(language.title, random)
  const facts: [string, string][] = [
    [numberLabel, number],
    [pick(language.date, random), date(issued)],
    ...(due ? [[pick(language.due, random), date(due)] as [string, string]] : []),
    ...language.other.filter(() => random() < 0.5),
  ]
  const apart = random() < 0.5
  const factRows: Row[] = facts.map(([label, value]) =>
    apart
      ? [
          [330, label],
          [470, value],
        ]
      : [[330, `${label} ${value}`]],
  )
  const oneLine = random() < 0.3
  const titleRows: Row[] = oneLine ? [[[50, `${title} ${number}`]]] : [[[50, title]]]
  const buyerRows: Row[] = [
    [[50, pick(language.buyer, random)]],
    [[50, buyer]],
    [[50, pick(STREETS, random)]],
    [[50, pick(TOWNS, random)]],
  ]
  const shown = oneLine ? factRows.slice(1) : factRows
  const middle = random() < 0.5 ? zip(buyerRows, shown) : [...buyerRows, ...shown]
  const [head, quantity, price, amount] = language.head
  const body: Row[] = [
    [
      [50, head!],
      [300, quantity!],
      [380, price!],
      [480, amount!],
    ],
    ...items.map((item): Row => [
      [50, item.name],
      [300, String(item.quantity)],
      [380, money(item.price)],
      [480, money(item.quantity * item.price)],
    ]),
  ]
  const currency = pick(['EUR', '€', ''], random)
  const sum = (labels: string[], cents: number): Row => [
    [330, pick(labels, random)],
    [480, `${money(cents)}${currency ? ` ${currency}` : ''}`],
  ]
  const totals: Row[] = [
    sum(language.net, net),
    sum(language.tax, tax),
    sum(language.gross, net + tax),
    ...(paid > 0 || random() < 0.5 ? [sum(language.payable, net + tax - paid)] : []),
  ]
  const foot: Row[] = [
    [
      [50, 'IBAN XX00 0000 0000 0000 0000 00'],
      [330, 'info@example.test'],
    ],
    ...(random() < 0.5 ? vatRow : []),
  ]
  const rows = [
    ...sellerHead,
    ...(foot.length === 1 ? vatRow : []),
    ...titleRows,
    ...middle,
    ...body,
    ...totals,
    ...foot,
  ]
  const amounts = {
    net_total: (net / 100).toFixed(2),
    tax_total: (tax / 100).toFixed(2),
    gross_total: ((net + tax) / 100).toFixed(2),
    due_amount: ((net + tax - (totals.length > 3 ? paid : 0)) / 100).toFixed(2),
  }
  return {
    id,
    group: id,
    document: toDocument(rows),
    truth: {
      id,
      invoice_number: number,
      issue_date: issued,
      ...(due ? { due_date: due } : {}),
      seller_name: seller,
      buyer_name: buyer,
      ...(vat ? { seller_vat_id: vat } : {}),
      ...amounts,
    },
  }
}

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
  const lines = rows.map((row, index) => {
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
