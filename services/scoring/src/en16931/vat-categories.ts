import type { Chain } from './e-invoice.ts'

/** A VAT category of UNTDID 5305, and how its ten rules differ from those of the others. */
export type VatCategory = {
  /** What stands in the invoice. */
  code: string
  /** What stands in the codes of the rules. */
  rules: string
  name: string
  /** Taxed by a rate: broken down by rate, with tax, within one unit of the currency. */
  isRated: boolean
  rate: 'above zero' | 'zero or above' | 'zero' | 'absent'
  /** Used and broken down also where its scheme is not named, and without lines: the artefacts read this one so. */
  isLoose?: true
  /** Whether the breakdown says why there is no tax; it must not where there is. */
  hasReason: boolean
  /** Of each list, one identifier shall be there. */
  needs: readonly (readonly Chain[])[]
  forbids: readonly Chain[]
}

const SELLER_VAT: Chain = ['BG-4', 'BT-31']
const SELLER_TAX: Chain = ['BG-4', 'BT-32']
const AGENT_VAT: Chain = ['BG-11', 'BT-63']
const BUYER_VAT: Chain = ['BG-7', 'BT-48']
const BUYER_LEGAL: Chain = ['BG-7', 'BT-47']

const ANY_SELLER = [SELLER_VAT, SELLER_TAX, AGENT_VAT]
const VAT_SELLER = [SELLER_VAT, AGENT_VAT]

const TAXED = { isRated: true, hasReason: false, needs: [ANY_SELLER], forbids: [] } as const
const UNTAXED = { isRated: false, rate: 'zero', hasReason: true, needs: [ANY_SELLER], forbids: [] } as const

export const VAT_CATEGORIES_OF_RULES: readonly VatCategory[] = [
  { ...TAXED, code: 'S', rules: 'S', name: 'Standard rated', rate: 'above zero', isLoose: true },
  { ...TAXED, code: 'L', rules: 'AF', name: 'IGIC', rate: 'zero or above' },
  { ...TAXED, code: 'M', rules: 'AG', name: 'IPSI', rate: 'zero or above' },
  { ...UNTAXED, code: 'Z', rules: 'Z', name: 'Zero rated', hasReason: false },
  { ...UNTAXED, code: 'E', rules: 'E', name: 'Exempt from VAT' },
  { ...UNTAXED, code: 'AE', rules: 'AE', name: 'Reverse charge', needs: [ANY_SELLER, [BUYER_VAT, BUYER_LEGAL]] },
  { ...UNTAXED, code: 'K', rules: 'IC', name: 'Intra-community supply', needs: [VAT_SELLER, [BUYER_VAT]] },
  { ...UNTAXED, code: 'G', rules: 'G', name: 'Export outside the EU', needs: [VAT_SELLER] },
  {
    ...UNTAXED,
    code: 'O',
    rules: 'O',
    name: 'Not subject to VAT',
    rate: 'absent',
    needs: [],
    forbids: [SELLER_VAT, AGENT_VAT, BUYER_VAT],
  },
]
