import PdfSheet from 'pdfkit'
import { grouped, lineTotal, totalsOf } from './invoice.ts'
import type { Invoice } from './invoice.ts'

/** How one country writes an invoice. Labels, formats and places are data; what differs more is a layout. */
export type Wording = {
  title: (number: string) => string
  number: string
  issued: string
  due: string
  to: string
  vatId: string
  columns: [item: string, quantity: string, price: string, total: string]
  net: string
  tax: (percent: number) => string
  gross: string
  payable: string
  amount: (cents: number) => string
  day: (iso: string) => string
  footer: string
}

const parts = (iso: string) => iso.split('-') as [string, string, string]
const MONTHS = 'January February March April May June July August September October November December'.split(' ')

export const ENGLISH: Wording = {
  title: () => 'INVOICE',
  number: 'Invoice number:',
  issued: 'Invoice date:',
  due: 'Due date:',
  to: 'Bill to',
  vatId: 'VAT Reg No:',
  columns: ['Description', 'Qty', 'Unit price', 'Amount'],
  net: 'Subtotal',
  tax: (percent) => `VAT ${percent}%`,
  gross: 'Total',
  payable: 'Amount due',
  amount: (cents) => `£${grouped(cents, ',', '.')}`,
  day: (iso) => `${Number(parts(iso)[2])} ${MONTHS[Number(parts(iso)[1]) - 1]} ${parts(iso)[0]}`,
  footer: 'Please quote the invoice number with your payment. Registered in Nowhereton.',
}

export const AMERICAN: Wording = {
  ...ENGLISH,
  number: 'Invoice #',
  issued: 'Date',
  due: 'Due date',
  vatId: 'Tax ID',
  columns: ['Description', 'Qty', 'Rate', 'Amount'],
  tax: (percent) => `Sales tax (${percent}%)`,
  gross: 'TOTAL',
  payable: 'Balance due',
  amount: (cents) => `$${grouped(cents, ',', '.')}`,
  day: (iso) => `${MONTHS[Number(parts(iso)[1]) - 1]} ${Number(parts(iso)[2])}, ${parts(iso)[0]}`,
  footer: 'Thank you for your business. All amounts in USD.',
}

export const GERMAN: Wording = {
  title: () => 'Rechnung',
  number: 'Rechnungsnummer:',
  issued: 'Rechnungsdatum:',
  due: 'Fällig am:',
  to: '',
  vatId: 'USt-IdNr.:',
  columns: ['Bezeichnung', 'Menge', 'Einzelpreis', 'Gesamtpreis'],
  net: 'Summe netto',
  tax: (percent) => `zzgl. ${percent} % USt.`,
  gross: 'Gesamtbetrag',
  payable: 'Zahlbetrag',
  amount: (cents) => `${grouped(cents, '.', ',')} €`,
  day: (iso) => parts(iso).toReversed().join('.'),
  footer: 'Steuernummer 000/000/00000 · Bitte überweisen Sie unter Angabe der Rechnungsnummer.',
}

export const FRENCH: Wording = {
  title: (number) => `FACTURE N° ${number}`,
  number: 'Facture n° :',
  issued: "Date d'émission :",
  due: "Date d'échéance :",
  to: 'Facturé à',
  vatId: 'N° TVA intracommunautaire :',
  columns: ['Désignation', 'Quantité', 'Prix unitaire HT', 'Montant HT'],
  net: 'Total HT',
  tax: (percent) => `TVA ${percent} %`,
  gross: 'Total TTC',
  payable: 'Net à payer',
  amount: (cents) => `${grouped(cents, ' ', ',')} €`,
  day: (iso) => parts(iso).toReversed().join('/'),
  footer: 'Pas d’escompte pour paiement anticipé. Merci de votre confiance.',
}

export type Sheet = PDFKit.PDFDocument
export type Layout = (sheet: Sheet, invoice: Invoice, wording: Wording) => void

/** Title at the right, data of the invoice below it, totals at the right. */
export const modern: Layout = (sheet, invoice, wording) => {
  bold(sheet, 18).text(invoice.seller.name, 50, 50)
  plain(sheet, 9).text(invoice.seller.address, 50, 74)
  if (wording.vatId) plain(sheet, 9).text(`${wording.vatId} ${invoice.seller.vatId}`, 50, 87)
  bold(sheet, 22).text(wording.title(invoice.number), 330, 50, { width: 215, align: 'right' })
  facts(sheet, invoice, wording).forEach(([label, value], index) => {
    plain(sheet, 10).text(label, 345, 90 + 16 * index)
    plain(sheet, 10).text(value, 430, 90 + 16 * index, { width: 115, align: 'right' })
  })
  bold(sheet, 10).text(wording.to, 50, 150)
  plain(sheet, 10).text(`${invoice.buyer.name}\n${invoice.buyer.address.replace(', ', '\n')}`, 50, 165)
  const end = table(sheet, invoice, wording, { top: 240, left: 50, ruled: false })
  sums(sheet, invoice, wording, end + 15)
  plain(sheet, 8).text(wording.footer, 50, 770)
}

/** As DIN 5008 has it: sender above the window, data of the invoice at the right, tax number in the footer. */
export const letter: Layout = (sheet, invoice, wording) => {
  bold(sheet, 16).text(invoice.seller.name, 57, 45)
  plain(sheet, 7).text(`${invoice.seller.name} · ${invoice.seller.address}`, 57, 130)
  plain(sheet, 11).text(`${invoice.buyer.name}\n${invoice.buyer.address.replace(', ', '\n')}`, 57, 150)
  facts(sheet, invoice, wording).forEach(([label, value], index) => {
    plain(sheet, 10).text(label, 350, 150 + 15 * index)
    plain(sheet, 10).text(value, 450, 150 + 15 * index)
  })
  bold(sheet, 15).text(wording.title(invoice.number), 57, 260)
  plain(sheet, 10).text('Wir danken für Ihren Auftrag und berechnen wie folgt:', 57, 285)
  const end = table(sheet, invoice, wording, { top: 315, left: 57, ruled: false })
  sums(sheet, invoice, wording, end + 12)
  plain(sheet, 8).text(wording.footer, 57, 775)
}

/** Everything in boxes, the number in the title line, long tables over two pages, VAT id at the end. */
export const boxed: Layout = (sheet, invoice, wording) => {
  sheet.rect(50, 40, 495, 30).fillAndStroke('#dddddd', '#333333').fillColor('black')
  bold(sheet, 14).text(`${wording.title(invoice.number)} Nr. ${invoice.number}`, 60, 48)
  plain(sheet, 10).text(`${wording.issued} ${wording.day(invoice.issueDate)}`, 60, 85)
  plain(sheet, 10).text(`${wording.due} ${wording.day(invoice.dueDate)}`, 300, 85)
  sheet.rect(50, 110, 240, 70).stroke().rect(305, 110, 240, 70).stroke()
  plain(sheet, 10).text(
    `Rechnungsempfänger:\n${invoice.buyer.name}\n${invoice.buyer.address.replace(', ', '\n')}`,
    60,
    117,
  )
  plain(sheet, 10).text(
    `Rechnungssteller:\n${invoice.seller.name}\n${invoice.seller.address.replace(', ', '\n')}`,
    315,
    117,
  )
  const end = table(sheet, invoice, wording, { top: 200, left: 50, ruled: true })
  sums(sheet, invoice, wording, end + 15)
  plain(sheet, 9).text(`${wording.vatId} ${invoice.seller.vatId}`, 50, end + 110)
}

/** Letterhead, title below it, seller and buyer side by side. */
export const banner: Layout = (sheet, invoice, wording) => {
  bold(sheet, 14).text(invoice.seller.name, 50, 40)
  bold(sheet, 20).text(wording.title(invoice.number), 50, 72)
  facts(sheet, invoice, wording).forEach(([label, value], index) => {
    plain(sheet, 10).text(`${label} ${value}`, 50, 105 + 14 * index)
  })
  plain(sheet, 10).text(`${invoice.seller.name}\n${invoice.seller.address.replace(', ', '\n')}`, 50, 170)
  plain(sheet, 10).text(`${wording.vatId} ${invoice.seller.vatId}`, 50, 210)
  bold(sheet, 10).text(wording.to, 320, 156)
  plain(sheet, 10).text(`${invoice.buyer.name}\n${invoice.buyer.address.replace(', ', '\n')}`, 320, 170)
  const end = table(sheet, invoice, wording, { top: 250, left: 50, ruled: true })
  sums(sheet, invoice, wording, end + 15)
  plain(sheet, 8).text(wording.footer, 50, 770)
}

const facts = (
  sheet: Sheet,
  { number, issueDate, dueDate }: Invoice,
  wording: Wording,
): [label: string, value: string][] => [
  [wording.number, number],
  [wording.issued, wording.day(issueDate)],
  [wording.due, wording.day(dueDate)],
]

/** Draws the lines, on a second page where the first is full, and gives back where they end. */
function table(
  sheet: Sheet,
  { lines }: Invoice,
  { columns, amount }: Wording,
  at: { top: number; left: number; ruled: boolean },
) {
  row(sheet, at, at.top, ['', ...columns].slice(1), true)
  let y = at.top + 20
  for (const line of lines) {
    if (y > 660) {
      sheet.addPage()
      y = 60
    }
    row(sheet, at, y, [line.description, String(line.quantity), amount(line.unitPrice), amount(lineTotal(line))], false)
    y += 20
  }
  return y
}

function row(
  sheet: Sheet,
  { left, ruled }: { left: number; ruled: boolean },
  y: number,
  cells: string[],
  isHeader: boolean,
) {
  const [item = '', ...numbers] = cells
  const font = isHeader ? bold : plain
  font(sheet, 9).text(item, left + 5, y + 5, { width: 240, lineBreak: false })
  numbers.forEach((text, index) => {
    font(sheet, 9).text(text, left + 245 + 80 * index, y + 5, { width: 75, align: 'right', lineBreak: false })
  })
  if (ruled) sheet.rect(left, y, 490, 20).lineWidth(0.5).stroke()
  else if (isHeader)
    sheet
      .moveTo(left, y + 18)
      .lineTo(left + 490, y + 18)
      .lineWidth(0.7)
      .stroke()
}

function sums(sheet: Sheet, invoice: Invoice, wording: Wording, top: number) {
  const { net, tax, gross } = totalsOf(invoice)
  const rows: [string, number][] = [
    [wording.net, net],
    [wording.tax(invoice.taxPercent), tax],
    [wording.gross, gross],
    [wording.payable, gross],
  ]
  rows.forEach(([label, cents], index) => {
    const font = index === 2 ? bold : plain
    font(sheet, 10).text(label, 340, top + 18 * index)
    font(sheet, 10).text(wording.amount(cents), 440, top + 18 * index, { width: 100, align: 'right' })
  })
}

const plain = (sheet: Sheet, size: number) => sheet.font('Helvetica').fontSize(size)
const bold = (sheet: Sheet, size: number) => sheet.font('Helvetica-Bold').fontSize(size)

const MADE = new Date('2026-11-20T00:00:00Z')

/** The bytes of a PDF; equal for equal content, because its dates are fixed. */
export async function pdfBytes(draw: (sheet: Sheet) => void, options: PDFKit.PDFDocumentOptions = {}): Promise<Buffer> {
  const info = { Producer: 'Stageline samples', Creator: 'Stageline samples', CreationDate: MADE, ModDate: MADE }
  const sheet = new PdfSheet({ size: 'A4', margin: 0, info, ...options })
  const chunks: Buffer[] = []
  sheet.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise((resolve) => sheet.on('end', resolve))
  draw(sheet)
  sheet.end()
  await ended
  return Buffer.concat(chunks)
}

/** Attaches a file the way Factur-X asks for. */
export const attach = (sheet: Sheet, name: string, content: string) =>
  sheet.file(Buffer.from(content), {
    name,
    type: 'text/xml',
    description: 'Invoice data',
    creationDate: MADE,
    modifiedDate: MADE,
    relationship: 'Alternative',
  } as PDFKit.Mixins.PDFAttachmentOptions)
