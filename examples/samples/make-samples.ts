/**
 * Writes the sample documents beside this file: `node examples/samples/make-samples.ts`. Every company, product and
 * number in them is made up. The results are kept in the repository; two runs on one machine write the same bytes.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { products } from '../catalog/products.ts'
import { ciiXml, ublXml } from './e-invoice-xml.ts'
import * as invoices from './invoices.ts'
import { AMERICAN, attach, banner, boxed, ENGLISH, FRENCH, GERMAN, letter, modern, pdfBytes } from './pdf-invoice.ts'
import { KETTLE_PAGE, LAMP_PAGE, NEAR_MISS_PAGE, PARTS_CSV } from './product-pages.ts'
import { scan } from './scan.ts'
import { drawInvoice, drawReceipt } from './scanned-papers.ts'

const save = (name: string, content: string | Uint8Array) => writeFileSync(join(import.meta.dirname, name), content)

async function writeInvoices() {
  save('invoice-english.pdf', await pdfBytes((sheet) => modern(sheet, invoices.OFFICE, ENGLISH)))
  save('invoice-english-again.pdf', await pdfBytes((sheet) => modern(sheet, invoices.OFFICE_AGAIN, ENGLISH)))
  save('invoice-one-cent.pdf', await pdfBytes((sheet) => modern(sheet, invoices.ONE_CENT, ENGLISH)))
  save('invoice-german-letter.pdf', await pdfBytes((sheet) => letter(sheet, invoices.FURNITURE, GERMAN)))
  save('invoice-german-boxed.pdf', await pdfBytes((sheet) => boxed(sheet, invoices.CABLES, GERMAN)))
  save('invoice-french.pdf', await pdfBytes((sheet) => banner(sheet, invoices.SUPPLIES_FR, FRENCH)))
  save(
    'invoice-american.pdf',
    await pdfBytes((sheet) => modern(sheet, invoices.HARDWARE_US, { ...AMERICAN, vatId: '' })),
  )
}

async function writeEInvoices() {
  const facturX = await pdfBytes((sheet) => {
    letter(sheet, invoices.FACTUR_X, GERMAN)
    attach(sheet, 'factur-x.xml', ciiXml(invoices.FACTUR_X))
  })
  save('factur-x.pdf', facturX)
  save('ubl-invoice.xml', ublXml(invoices.UBL, 'Invoice'))
  save('ubl-credit-note.xml', ublXml(invoices.CREDIT_NOTE, 'CreditNote'))
  save('cii-invoice.xml', ciiXml(invoices.CII))
  save('impossible-values.xml', ublXml(invoices.IMPOSSIBLE, 'Invoice'))
}

async function writeScans() {
  const receipt = scan((paper) => drawReceipt(paper, DINER), {
    width: 620,
    height: 860,
    degrees: 1.1,
    noise: 14,
  }).toBuffer('image/jpeg', 78)
  save('receipt-scan.jpg', receipt)
  save('truncated.jpg', receipt.subarray(0, Math.floor(receipt.length * 0.3)))
  save(
    'receipt-photo.png',
    scan((paper) => drawReceipt(paper, COFFEE), { width: 620, height: 860, degrees: -0.4, noise: 0 }).toBuffer(
      'image/png',
    ),
  )
  const page = scan((paper) => drawInvoice(paper, invoices.SCANNED), {
    width: 1240,
    height: 1754,
    degrees: 0.3,
    noise: 8,
  }).toBuffer('image/jpeg', 80)
  save(
    'invoice-scanned.pdf',
    await pdfBytes((sheet) => void sheet.image(page, 0, 0, { width: 595.28, height: 841.89 })),
  )
}

/** Neither currency nor address: both come from the catalogue. */
const DINER = {
  shop: 'FAKEVILLE DINER LLC',
  head: ['Date: 11/14/2026  12:41 PM', 'Receipt 004127   Table 6'],
  items: [
    ['2 x Lunch special', '25.80'],
    ['1 x Garden salad', '8.50'],
    ['3 x Iced tea', '8.85'],
    ['1 x Apple pie', '5.25'],
  ] as [string, string][],
  sums: [
    ['Subtotal', '48.40'],
    ['Tax', '3.87'],
    ['TOTAL', '52.27'],
    ['Cash', '60.00'],
    ['Change', '7.73'],
  ] as [string, string][],
  foot: ['Thank you, please come again'],
}

const COFFEE = {
  shop: 'Madeup Coffee Roasters Ltd',
  head: ['81 Example Street', 'Nowhereton ZZ9 9ZZ', 'Receipt no 51873', 'Date: 16/11/2026 09:12'],
  items: [
    ['2 x Flat white', '£7.20'],
    ['1 x Oat biscuit', '£2.10'],
    ['1 x House blend 250 g', '£8.95'],
  ] as [string, string][],
  sums: [
    ['Subtotal', '£15.21'],
    ['VAT', '£3.04'],
    ['TOTAL', '£18.25'],
    ['Cash', '£20.00'],
    ['Change', '£1.75'],
  ] as [string, string][],
  foot: ['Thank you for your visit'],
}

function writeRecordsAndPages() {
  save('product-kettle.html', KETTLE_PAGE)
  save('product-kettle-near-miss.html', NEAR_MISS_PAGE)
  save('product-lamp.html', LAMP_PAGE.replace('2941000000003', products()[0]!.key))
  save('parts.csv', PARTS_CSV)
}

async function writeBadOnes() {
  save('empty.pdf', await pdfBytes(() => {}))
  save(
    'encrypted.pdf',
    await pdfBytes((sheet) => modern(sheet, invoices.OFFICE, ENGLISH), { pdfVersion: '1.3', userPassword: 'sample' }),
  )
  save(
    'really-a-pdf.txt',
    await pdfBytes((sheet) => banner(sheet, { ...invoices.SUPPLIES_FR, number: 'F-2026-0343' }, FRENCH)),
  )
  save('zero-bytes.pdf', '')
  save('not-a-document.zip', Buffer.concat([Buffer.from('PK\u0005\u0006', 'latin1'), Buffer.alloc(18)]))
}

await writeInvoices()
await writeEInvoices()
await writeScans()
writeRecordsAndPages()
await writeBadOnes()
