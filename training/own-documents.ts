import type { DocumentKind } from '../packages/domain/src/document.ts'
import { createRandom, pick, type Random } from './random.ts'

/**
 * Documents composed for this repository from invented firms, people's goods and parts: they teach kinds and languages
 * that the training data do not hold (English invoices, credit notes, data sheets). They are never measured on.
 */
export function ownDocuments(seed = 7): { text: string; kind: DocumentKind }[] {
  const random = createRandom(seed)
  return KINDS.flatMap(([kind, count, compose]) =>
    Array.from({ length: count }, () => ({ kind, text: compose(random) })),
  )
}

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
]
const GOODS = [
  'Desk lamp, brass',
  'Screw set M4 x 20',
  'Copy paper A4 80 g',
  'Consulting, on site',
  'Hosting, monthly fee',
  'Kabelbinder 200 mm',
  'Ordner breit, blau',
  'Café en grains 1 kg',
  'Chaise pliante',
  'Sensor module',
  'Training day',
  'Packaging material',
]
const TOWNS = [
  '12 Mill Road, Fernhill',
  'Hauptweg 4, 99998 Musterort',
  '8 rue des Lilas, 00100 Villefictive',
  '77 Sample Street, Springdale, CA 90000',
]
const PARTS = ['XQ7402', 'ZN-118A', 'TRV3300', 'LMX-9', 'PQ55D', 'HC-2040']

type Words = {
  invoice: string
  credit: string
  number: string
  date: string
  to: string
  head: string
  net: string
  tax: string
  total: string
  due: string
  pay: string
}
const WORDS: Words[] = [
  {
    invoice: 'Invoice',
    credit: 'Credit Note',
    number: 'Invoice No.',
    date: 'Invoice date',
    to: 'Bill to',
    head: 'Description Qty Unit price Amount',
    net: 'Subtotal',
    tax: 'VAT 20%',
    total: 'Total',
    due: 'Amount due',
    pay: 'Payment terms: 30 days net. Bank transfer, IBAN',
  },
  {
    invoice: 'INVOICE',
    credit: 'CREDIT MEMO',
    number: 'Invoice #',
    date: 'Date',
    to: 'Sold to / Ship to',
    head: 'Item Description Quantity Rate Amount',
    net: 'Sub total',
    tax: 'Sales tax',
    total: 'Invoice total',
    due: 'Balance due',
    pay: 'Please remit payment within 15 days. PO number',
  },
  {
    invoice: 'Rechnung',
    credit: 'Gutschrift',
    number: 'Rechnungsnummer',
    date: 'Rechnungsdatum',
    to: 'Kunde',
    head: 'Pos. Bezeichnung Menge Einzelpreis Gesamtpreis',
    net: 'Nettobetrag',
    tax: 'MwSt. 19 %',
    total: 'Rechnungsbetrag',
    due: 'Zahlbetrag',
    pay: 'Zahlbar innerhalb von 14 Tagen ohne Abzug. IBAN USt-IdNr.',
  },
  {
    invoice: 'Rechnung',
    credit: 'Rechnungskorrektur',
    number: 'Beleg-Nr.',
    date: 'Datum',
    to: 'Rechnungsempfänger',
    head: 'Artikel Menge Preis Summe',
    net: 'Summe netto',
    tax: 'Umsatzsteuer',
    total: 'Gesamtbetrag',
    due: 'Offener Betrag',
    pay: 'Bitte überweisen Sie den Betrag auf unser Konto. Steuernummer',
  },
  {
    invoice: 'Facture',
    credit: 'Avoir',
    number: 'Facture n°',
    date: 'Date de facture',
    to: 'Adresse de facturation',
    head: 'Désignation Qté Prix unitaire Montant',
    net: 'Total HT',
    tax: 'TVA 20 %',
    total: 'Total TTC',
    due: 'Net à payer',
    pay: 'Règlement à 30 jours. SIRET, TVA intracommunautaire',
  },
  {
    invoice: 'Factuur',
    credit: 'Creditfactuur',
    number: 'Factuurnummer',
    date: 'Factuurdatum',
    to: 'Factuuradres',
    head: 'Omschrijving Aantal Prijs Bedrag',
    net: 'Subtotaal excl. BTW',
    tax: 'BTW 21%',
    total: 'Totaal',
    due: 'Te betalen',
    pay: 'Gelieve binnen 14 dagen over te maken. KvK BTW-nummer IBAN',
  },
  {
    invoice: 'Factura',
    credit: 'Nota de crédito',
    number: 'Número de factura',
    date: 'Fecha',
    to: 'Cliente',
    head: 'Descripción Cantidad Precio Importe',
    net: 'Base imponible',
    tax: 'IVA 21%',
    total: 'Total factura',
    due: 'Total a pagar',
    pay: 'Forma de pago: transferencia bancaria, IBAN. CIF',
  },
  {
    invoice: 'Fattura',
    credit: 'Nota di credito',
    number: 'Numero fattura',
    date: 'Data',
    to: 'Destinatario',
    head: 'Descrizione Quantità Prezzo Importo',
    net: 'Imponibile',
    tax: 'IVA 22%',
    total: 'Totale fattura',
    due: 'Netto a pagare',
    pay: 'Pagamento a 30 giorni, bonifico bancario IBAN. Partita IVA',
  },
]

const amount = (random: Random): string => (random() * 900 + 1).toFixed(2)
const date = (random: Random): string =>
  `${1 + Math.floor(random() * 28)}.0${1 + Math.floor(random() * 9)}.202${Math.floor(random() * 7)}`
const lines = (count: number, line: () => string): string => Array.from({ length: count }, line).join('\n')

function bill(random: Random, credit: boolean): string {
  const words = pick(WORDS, random)
  const number = `${pick(['R', 'INV-', '20', 'F'], random)}${Math.floor(random() * 90000)}`
  const title = credit ? words.credit : words.invoice
  const against = credit ? `\n${words.invoice}: ${number}-1` : ''
  const body = lines(
    1 + Math.floor(random() * 6),
    () => `${pick(GOODS, random)} ${1 + Math.floor(random() * 9)} ${amount(random)} ${amount(random)}`,
  )
  const head = `${pick(FIRMS, random)}\n${pick(TOWNS, random)}\n${title} ${number}${against}\n${credit ? '' : `${words.number}: ${number}\n`}${words.date}: ${date(random)}`
  const foot = `${words.net} ${amount(random)}\n${words.tax} ${amount(random)}\n${words.total} ${amount(random)} EUR`
  return `${head}\n${words.to}\n${pick(FIRMS, random)}\n${pick(TOWNS, random)}\n${words.head}\n${body}\n${foot}\n${credit ? '' : `${words.due} ${amount(random)}\n`}${words.pay}`
}

function datasheet(random: Random): string {
  const part = pick(PARTS, random)
  const sections = [
    'Features',
    'General description',
    'Applications',
    'Pin configuration',
    'Absolute maximum ratings',
    'Electrical characteristics',
    'Typical application circuit',
    'Ordering information',
    'Package outline',
    'Recommended operating conditions',
  ]
  const facts = [
    'Supply voltage range 2.7 V to 5.5 V',
    'Operating temperature -40 to +125 °C',
    'Quiescent current 45 µA typ',
    'Output current up to 300 mA',
    'VIN = 5 V, TA = 25 °C unless otherwise noted',
    'Parameter Symbol Min Typ Max Unit',
    'Thermal resistance junction to ambient',
    'RoHS compliant, lead free',
    'ESD protection 2 kV HBM',
    'Package SOT-23, SOIC-8',
  ]
  const body = lines(6, () => `${pick(sections, random)}\n${pick(facts, random)}\n${pick(facts, random)}`)
  return `${pick(FIRMS, random)}\n${part} ${pick(['Low-Dropout Regulator', 'Dual Operational Amplifier', 'Hall Effect Sensor', 'N-Channel MOSFET', '8-Bit Shift Register'], random)}\n${pick(['Data Sheet', 'Datasheet', 'Datenblatt', 'Product specification', 'Rev. 1.2'], random)}\n${body}`
}

function receipt(random: Random): string {
  const body = lines(2 + Math.floor(random() * 6), () => `${pick(GOODS, random)} ${amount(random)}`)
  return `${pick(FIRMS, random)}\n${pick(TOWNS, random)}\nTel 0000 12345\n${pick(['RECEIPT', 'Kassenbon', 'Ticket de caisse', 'Sales receipt'], random)} ${Math.floor(random() * 9999)}\n${date(random)} 14:3${Math.floor(random() * 9)}\n${body}\nTOTAL ${amount(random)}\n${pick(['CASH', 'VISA', 'BAR', 'CARTE'], random)} ${amount(random)}\n${pick(['CHANGE', 'Rückgeld', 'RENDU'], random)} 0.00\nTHANK YOU`
}

function shopPage(random: Random): string {
  const name = pick(GOODS, random)
  const firm = pick(FIRMS, random)
  const order = ['Add to cart', 'In den Warenkorb', 'Ajouter au panier', 'Add to basket']
  return `${name} | ${firm}\nHome\nShop\nMy account\n${name}\n${pick(['€', '$', '£'], random)}${amount(random)}\n${pick(order, random)}\n${pick(['In stock', 'Auf Lager', 'En stock', 'Out of stock'], random)}\nSKU ${Math.floor(random() * 99999)}\nDescription\nReviews (3)\nYou may also like\n${lines(3, () => `${pick(GOODS, random)}\n${amount(random)}`)}\nDelivery and returns\nPrivacy`
}

function letter(random: Random): string {
  const body = [
    'we are pleased to announce our annual meeting',
    'the minutes of the last session are attached',
    'please confirm your attendance by Friday',
    'the new opening hours begin next month',
    'our report covers weather, travel and sport',
    'the committee discussed the plan for the garden',
  ]
  return `${pick(FIRMS, random)}\n${pick(TOWNS, random)}\n${date(random)}\nDear reader,\n${lines(6, () => pick(body, random))}\nWith kind regards`
}

const KINDS: [DocumentKind, number, (random: Random) => string][] = [
  ['invoice', 70, (random) => bill(random, false)],
  ['credit_note', 32, (random) => bill(random, true)],
  ['datasheet', 24, datasheet],
  ['receipt', 10, receipt],
  ['product_page', 10, shopPage],
  ['other', 10, letter],
]
