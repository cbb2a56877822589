import type { DocumentKind } from '@stageline/domain'

/**
 * Tells the kind of a record by the names of its fields: each name that is at home in a kind votes for it, telling
 * names count double. Undefined where no name is known.
 */
export function keysKind(keys: readonly string[]): { kind: DocumentKind; probability: number } | undefined {
  const folded = keys.map((key) => key.toLowerCase().replace(/[^a-z]/g, ''))
  const votes = HOMES.map(([kind, telling, usual]) => ({
    kind,
    votes: 2 * folded.filter((key) => telling.has(key)).length + folded.filter((key) => usual.has(key)).length,
  }))
  const best = votes.reduce((most, other) => (other.votes > most.votes ? other : most))
  if (best.votes === 0) return undefined
  const total = votes.reduce((sum, other) => sum + other.votes, 0)
  return { kind: best.kind, probability: Math.min(0.98, (best.votes + 0.5) / (total + 0.75)) }
}

const words = (text: string): Set<string> => new Set(text.split(' '))

/** Kind, telling names, names that it shares with others. Earlier ones win a tie. */
const HOMES: [DocumentKind, Set<string>, Set<string>][] = [
  [
    'part_record',
    words(
      'mpn partnumber partno manufacturerpartnumber mfrpart mfrpartnumber mfgpart mfgpartnumber footprint package packagecase tolerance resistance capacitance datasheet pins pincount rohs teilenummer bauform',
    ),
    words('manufacturer mfr maker value voltage description category hersteller'),
  ],
  [
    'product_record',
    words(
      'gtin ean upc sku price saleprice listprice availability asin brand marke preis title productname artikelnummer',
    ),
    words('name currency description category manufacturer model color size stock'),
  ],
  [
    'invoice',
    words(
      'invoicenumber invoiceno invoicedate nettotal grosstotal taxtotal dueamount duedate sellername buyername rechnungsnummer',
    ),
    words('currency total tax'),
  ],
  ['receipt', words('cashier changedue tendered receiptno storename'), words('total date company address')],
]
