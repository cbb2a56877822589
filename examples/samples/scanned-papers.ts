import type { SKRSContext2D } from '@napi-rs/canvas'
import { grouped, lineTotal, totalsOf } from './invoice.ts'
import type { Invoice } from './invoice.ts'
import { write } from './scan.ts'

export type Receipt = {
  shop: string
  head: string[]
  items: [name: string, price: string][]
  sums: [label: string, amount: string][]
  foot: string[]
}

/** A till receipt, 620 pixels wide. */
export function drawReceipt(paper: SKRSContext2D, { shop, head, items, sums, foot }: Receipt) {
  let y = 80
  const centred = (text: string, size: number) => {
    write(paper, text, 310, y, size, 'center')
    y += size * 1.6
  }
  const pair = (label: string, amount: string, size: number) => {
    write(paper, label, 60, y, size)
    write(paper, amount, 560, y, size, 'right')
    y += size * 1.6
  }
  centred(shop, 30)
  for (const text of head) centred(text, 22)
  y += 20
  for (const [name, price] of items) pair(name, price, 22)
  y += 20
  for (const [label, amount] of sums) pair(label, amount, 24)
  y += 20
  for (const text of foot) centred(text, 20)
}

/** An English invoice on A4 at 150 dots an inch. */
export function drawInvoice(paper: SKRSContext2D, invoice: Invoice) {
  const { net, tax, gross } = totalsOf(invoice)
  const amount = (cents: number) => `£${grouped(cents, ',', '.')}`
  write(paper, invoice.seller.name, 100, 130, 40)
  write(paper, invoice.seller.address, 100, 175, 22)
  write(paper, `VAT Reg No: ${invoice.seller.vatId}`, 100, 210, 22)
  write(paper, 'INVOICE', 1140, 130, 48, 'right')
  ;[`Invoice number: ${invoice.number}`, 'Invoice date: 19 October 2026', 'Due date: 18 November 2026'].forEach(
    (text, index) => write(paper, text, 1140, 290 + 36 * index, 24, 'right'),
  )
  write(paper, 'Bill to:', 100, 290, 24)
  write(paper, invoice.buyer.name, 100, 326, 24)
  write(paper, invoice.buyer.address, 100, 362, 22)
  row(paper, 480, 'Description', 'Qty', 'Unit price', 'Amount')
  invoice.lines.forEach((line, index) =>
    row(
      paper,
      540 + 46 * index,
      line.description,
      String(line.quantity),
      amount(line.unitPrice),
      amount(lineTotal(line)),
    ),
  )
  const sums: [string, number][] = [
    ['Subtotal', net],
    [`VAT ${invoice.taxPercent}%`, tax],
    ['Total', gross],
    ['Amount due', gross],
  ]
  sums.forEach(([label, cents], index) => {
    write(paper, label, 800, 780 + 44 * index, 26)
    write(paper, amount(cents), 1140, 780 + 44 * index, 26, 'right')
  })
}

function row(paper: SKRSContext2D, y: number, item: string, ...numbers: string[]) {
  write(paper, item, 100, y, 24)
  numbers.forEach((text, index) => write(paper, text, 760 + 190 * index, y, 24, 'right'))
}
