import { xmlText, type XmlNode } from '@stageline/domain'
import { named, termNodes, vatTotalsIn, type Chain, type Term } from './e-invoice.ts'
import { at, ublRule, type Finding, type Rule } from './rule.ts'
import { selectPath } from './select-path.ts'

/** Amounts with at most two decimals, whatever the currency. */
const ROWS: readonly (readonly [code: string, chain: Chain])[] = [
  ['BR-DEC-01', ['BG-20', 'BT-92']],
  ['BR-DEC-02', ['BG-20', 'BT-93']],
  ['BR-DEC-05', ['BG-21', 'BT-99']],
  ['BR-DEC-06', ['BG-21', 'BT-100']],
  ['BR-DEC-09', ['BG-22', 'BT-106']],
  ['BR-DEC-10', ['BG-22', 'BT-107']],
  ['BR-DEC-11', ['BG-22', 'BT-108']],
  ['BR-DEC-12', ['BG-22', 'BT-109']],
  ['BR-DEC-14', ['BG-22', 'BT-112']],
  ['BR-DEC-16', ['BG-22', 'BT-113']],
  ['BR-DEC-17', ['BG-22', 'BT-114']],
  ['BR-DEC-18', ['BG-22', 'BT-115']],
  ['BR-DEC-19', ['BG-23', 'BT-116']],
  ['BR-DEC-20', ['BG-23', 'BT-117']],
  ['BR-DEC-23', ['BG-25', 'BT-131']],
  ['BR-DEC-24', ['BG-25', 'BG-27', 'BT-136']],
  ['BR-DEC-25', ['BG-25', 'BG-27', 'BT-137']],
  ['BR-DEC-27', ['BG-25', 'BG-28', 'BT-141']],
  ['BR-DEC-28', ['BG-25', 'BG-28', 'BT-142']],
]

const finer = (node: XmlNode, what: string): Finding[] => {
  const text = xmlText(node) ?? ''
  return /\.\d{3}/.test(text) ? [at(node, `${what} is ${text}: more than two decimals.`)] : []
}

/** Prices, and what belongs to them, may be finer than amounts. */
const amountsOfUbl = ublRule('UBL-DT-01', ({ root }) =>
  selectPath(root, '//*Amount')
    .filter(({ path }) => !/PriceAmount(\[\d+\])?$/.test(path) && !/\/Price(\[\d+\])?\/AllowanceCharge\b/.test(path))
    .flatMap((node) => finer(node, 'The amount')),
)

const vatTotal = (code: string, currency: Term): Rule => ({
  code,
  find: (invoice) => vatTotalsIn(invoice, currency).flatMap((node) => finer(node, named('BT-110'))),
})

export const DECIMAL_RULES: readonly Rule[] = [
  ...ROWS.map(([code, chain]): Rule => ({
    code,
    find: (invoice) => termNodes(invoice, chain).flatMap((node) => finer(node, named(chain.at(-1)!))),
  })),
  vatTotal('BR-DEC-13', 'BT-5'),
  vatTotal('BR-DEC-15', 'BT-6'),
  amountsOfUbl,
]
