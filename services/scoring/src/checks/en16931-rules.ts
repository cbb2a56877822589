import type { StructuredPart } from '@stageline/domain'
import { openEInvoice, termText } from '../en16931/e-invoice.ts'
import { findViolations, RULES, type Violation } from '../en16931/find-violations.ts'
import { failed, notApplicable, passed, type CheckRule } from './check-rule.ts'

/** All business rules of EN 16931 together: those that are broken follow as checks of their own. */
export const en16931Rules: CheckRule = {
  name: 'en16931_rules',
  weight: 0.1,
  blocking: false,
  find({ eInvoice }) {
    const claim = claimOf(eInvoice)
    const inputs = { specification: claim.specification ?? null }
    if (!eInvoice || claim.says === 'nothing') return notApplicable(inputs, 'There is no e-invoice to check.')
    if (claim.says === 'another') {
      return notApplicable(inputs, `The e-invoice follows ${claim.specification}, not EN 16931.`)
    }
    const broken = violationsOf(eInvoice).map(({ rule }) => rule)
    return broken.length === 0
      ? passed(inputs, `The e-invoice keeps the ${COUNT} rules of EN 16931 that are known here.`)
      : failed(
          { ...inputs, rules: broken },
          `${broken.length} of ${COUNT} rules of EN 16931 are broken: ${broken.join(', ')}.`,
        )
  },
}

const COUNT = new Set(RULES.map(({ code }) => code)).size

/** A check for each rule that an e-invoice breaks, named by its code; none where it does not follow EN 16931. */
export function brokenRules(eInvoice: StructuredPart | undefined): CheckRule[] {
  const { says } = claimOf(eInvoice)
  if (!eInvoice || says === 'nothing' || says === 'another') return []
  return violationsOf(eInvoice).map((violation) => ({
    name: violation.rule,
    weight: 0,
    blocking: says === 'EN 16931' && !FORMAL.test(violation.rule),
    find: () => failed({ where: placesOf(violation) }, sentenceOf(violation)),
  }))
}

/** Code lists, decimals and the form of the XML: they change nothing about who owes what to whom. */
const FORMAL = /^(BR-CL|BR-DEC|UBL)-/

const MOST_PLACES = 5
const placesOf = ({ findings }: Violation): string[] => findings.slice(0, MOST_PLACES).map(({ where }) => where)

function sentenceOf({ rule, findings }: Violation): string {
  const [first, ...others] = findings
  const more =
    others.length > 0 ? ` The same in ${others.length} more ${others.length === 1 ? 'place' : 'places'}.` : ''
  return `${rule}: ${first?.detail} See ${first?.where}.${more}`
}

/** The checks of one document share what was found. */
const FOUND = new WeakMap<StructuredPart, Violation[]>()

function violationsOf(eInvoice: StructuredPart): Violation[] {
  const known = FOUND.get(eInvoice) ?? findViolations(eInvoice) ?? []
  FOUND.set(eInvoice, known)
  return known
}

type Claim = { says: 'nothing' | 'EN 16931' | 'no standard' | 'another'; specification?: string | undefined }

/** What the invoice says it follows (BT-24): EN 16931 itself, or a national or sectoral use of it that names it first. */
function claimOf(eInvoice: StructuredPart | undefined): Claim {
  const invoice = eInvoice && openEInvoice(eInvoice)
  if (!invoice) return { says: 'nothing' }
  const specification = termText(invoice, ['BT-24'])
  if (specification === undefined) return { says: 'no standard' }
  return { says: /^urn:cen\.eu:en16931:2017/i.test(specification) ? 'EN 16931' : 'another', specification }
}
