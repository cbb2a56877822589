import { vendors } from '../catalog/vendors.ts'

/** Money in cents. */
export type InvoiceLine = { description: string; quantity: number; unitPrice: number }

export type Party = {
  name: string
  address: string
  country: string
  vatId: string
  /** What a party without a VAT id is known by: its number in the trade register and at its tax office. */
  nationalIds?: { legal: string; tax: string }
}

export type Invoice = {
  number: string
  /** ISO days. */
  issueDate: string
  dueDate: string
  seller: Party
  buyer: Party
  currency: string
  taxPercent: number
  lines: InvoiceLine[]
  /** Cents that make the printed total wrong. */
  planted?: number
}

export const lineTotal = (line: InvoiceLine) => line.quantity * line.unitPrice

/** Net, tax and total in cents; tax rounded once, half up, as EN 16931 has it. */
export function totalsOf({ lines, taxPercent, planted = 0 }: Invoice) {
  const net = lines.reduce((sum, line) => sum + lineTotal(line), 0)
  const tax = Math.sign(net) * Math.floor((Math.abs(net) * taxPercent + 50) / 100)
  return { net, tax, gross: net + tax + planted }
}

/** `1234.50` */
export const decimal = (cents: number) =>
  `${cents < 0 ? '-' : ''}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`

/** `1,234.50`, `1.234,50`, `1 234,50`: signs for groups and for the decimals. */
export const grouped = (cents: number, group: string, point: string) => {
  const [whole = '', fraction = ''] = decimal(cents).split('.')
  return `${whole.replace(/\B(?=(\d{3})+$)/g, group)}${point}${fraction}`
}

/** A vendor of the example catalogue. */
export function vendorNamed(name: string): Party {
  const found = vendors().find((vendor) => vendor.name === name)
  if (!found) throw new Error(`No vendor "${name}" in the example catalogue`)
  const { address, country } = found.attributes
  return { name, address: String(address), country: String(country), vatId: found.key }
}
