import { xmlText } from '@stageline/domain'
import { named, placeOf, termNodes, type Chain, type EInvoice } from './e-invoice.ts'
import type { Finding, Rule } from './rule.ts'

/** In every group at the end of the first chain, one of the other chains shall have a value. */
type Row = readonly [code: string, context: Chain, ...wanted: Chain[]]

const ROWS: readonly Row[] = [
  ['BR-01', [], ['BT-24']],
  ['BR-02', [], ['BT-1']],
  ['BR-03', [], ['BT-2']],
  ['BR-04', [], ['BT-3']],
  ['BR-05', [], ['BT-5']],
  ['BR-06', [], ['BG-4', 'BT-27']],
  ['BR-07', [], ['BG-7', 'BT-44']],
  ['BR-08', [], ['BG-4', 'BG-5']],
  ['BR-09', ['BG-4', 'BG-5'], ['BT-40']],
  ['BR-10', [], ['BG-7', 'BG-8']],
  ['BR-11', ['BG-7', 'BG-8'], ['BT-55']],
  ['BR-12', [], ['BG-22', 'BT-106']],
  ['BR-13', [], ['BG-22', 'BT-109']],
  ['BR-14', [], ['BG-22', 'BT-112']],
  ['BR-15', [], ['BG-22', 'BT-115']],
  ['BR-16', [], ['BG-25']],
  ['BR-18', ['BG-11'], ['BT-62']],
  ['BR-19', ['BG-11'], ['BG-12']],
  ['BR-20', ['BG-11', 'BG-12'], ['BT-69']],
  ['BR-21', ['BG-25'], ['BT-126']],
  ['BR-22', ['BG-25'], ['BT-129']],
  ['BR-23', ['BG-25'], ['BT-130']],
  ['BR-24', ['BG-25'], ['BT-131']],
  ['BR-25', ['BG-25'], ['BT-153']],
  ['BR-26', ['BG-25'], ['BT-146']],
  ['BR-31', ['BG-20'], ['BT-92']],
  ['BR-32', ['BG-20'], ['BT-95']],
  ['BR-33', ['BG-20'], ['BT-97'], ['BT-98']],
  ['BR-36', ['BG-21'], ['BT-99']],
  ['BR-37', ['BG-21'], ['BT-102']],
  ['BR-38', ['BG-21'], ['BT-104'], ['BT-105']],
  ['BR-41', ['BG-25', 'BG-27'], ['BT-136']],
  ['BR-42', ['BG-25', 'BG-27'], ['BT-139'], ['BT-140']],
  ['BR-43', ['BG-25', 'BG-28'], ['BT-141']],
  ['BR-44', ['BG-25', 'BG-28'], ['BT-144'], ['BT-145']],
  ['BR-45', ['BG-23'], ['BT-116']],
  ['BR-46', ['BG-23'], ['BT-117']],
  ['BR-47', ['BG-23'], ['BT-118']],
  ['BR-49', ['BG-16'], ['BT-81']],
  ['BR-52', ['BG-24'], ['BT-122']],
  ['BR-55', ['BG-3'], ['BT-25']],
  ['BR-56', ['BG-11'], ['BT-63']],
  ['BR-57', ['BG-13', 'BG-15'], ['BT-80']],
  ['BR-62', ['BG-4', 'BT-34'], ['BT-34-1']],
  ['BR-63', ['BG-7', 'BT-49'], ['BT-49-1']],
  ['BR-64', ['BG-25', 'BT-157'], ['BT-157-1']],
  ['BR-65', ['BG-25', 'BT-158'], ['BT-158-1']],
  ['BR-CO-04', ['BG-25'], ['BT-151']],
  ['BR-CO-18', [], ['BG-23']],
  ['BR-CO-20', ['BG-25', 'BG-26'], ['BT-134'], ['BT-135']],
  ['BR-CO-21', ['BG-20'], ['BT-97'], ['BT-98']],
  ['BR-CO-22', ['BG-21'], ['BT-104'], ['BT-105']],
  ['BR-CO-23', ['BG-25', 'BG-27'], ['BT-139'], ['BT-140']],
  ['BR-CO-24', ['BG-25', 'BG-28'], ['BT-144'], ['BT-145']],
  ['BR-CO-26', ['BG-4'], ['BT-29'], ['BT-30'], ['BT-31']],
]

export const PRESENCE_RULES: readonly Rule[] = ROWS.map(([code, context, ...wanted]) => ({
  code,
  find: (invoice) => missing(invoice, context, wanted),
}))

/** What is blank is missing; groups count as soon as they stand there. */
export function missing(invoice: EInvoice, context: Chain, wanted: readonly Chain[]): Finding[] {
  const lacking = termNodes(invoice, context).filter(
    (group) => !wanted.some((chain) => isFilled(invoice, chain, group)),
  )
  const names = wanted.map((chain) => named(chain.at(-1)!)).join(' or ')
  return lacking.map((group) => ({ where: placeOf(invoice, wanted[0]!, group), detail: `${names} is missing.` }))
}

const isFilled = (invoice: EInvoice, chain: Chain, group: Parameters<typeof placeOf>[2]): boolean =>
  termNodes(invoice, chain, group).some((node) => chain.at(-1)!.startsWith('BG') || xmlText(node) !== undefined)
