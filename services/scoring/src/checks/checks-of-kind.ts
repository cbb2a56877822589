import type { DocumentKind } from '@stageline/domain'
import { dueAmountNotAboveTotal, linesSumToNet, netPlusTaxIsTotal, positive } from './amount-checks.ts'
import { failed, weighing } from './check-rule.ts'
import type { CheckRule } from './check-rule.ts'
import { currencyKnown } from './currency-known.ts'
import { datePlausible } from './date-plausible.ts'
import { en16931Rules } from './en16931-rules.ts'
import { gtinCheckDigit } from './gtin-check-digit.ts'
import { numberNotSeenBefore } from './number-not-seen-before.ts'
import { manufacturerKnown, numberPlausible, packagePlausibleForMaker } from './part-checks.ts'
import { vatIdForm } from './vat-id-form.ts'

/** Credit notes are written with either sign, so theirs is not checked. */
const CREDIT_NOTE: CheckRule[] = [
  weighing(0.25, netPlusTaxIsTotal),
  linesSumToNet,
  numberNotSeenBefore,
  datePlausible('issue_date', 0.1),
  currencyKnown(0.1),
  dueAmountNotAboveTotal,
  vatIdForm,
  en16931Rules,
]
const INVOICE: CheckRule[] = [
  weighing(0.2, netPlusTaxIsTotal),
  ...CREDIT_NOTE.filter((rule) => rule.name !== netPlusTaxIsTotal.name),
  positive('total_positive', 'gross_total', 0.05),
]
const PRODUCT: CheckRule[] = [positive('price_positive', 'price', 0.4), gtinCheckDigit, currencyKnown(0.2)]

const kindKnown: CheckRule = {
  name: 'kind_known',
  weight: 1,
  blocking: true,
  find: ({ kind }) => failed({ kind }, 'The document is of no kind that could be checked.'),
}

/** Which checks a kind of document gets. The weights of each kind add up to 1. */
export const CHECKS_OF_KIND: Readonly<Record<DocumentKind, readonly CheckRule[]>> = {
  invoice: INVOICE,
  credit_note: CREDIT_NOTE,
  receipt: [positive('total_positive', 'total', 0.4), datePlausible('date', 0.4), currencyKnown(0.2)],
  product_page: PRODUCT,
  product_record: PRODUCT,
  part_record: [numberPlausible(0.4), packagePlausibleForMaker, manufacturerKnown(0.25)],
  datasheet: [numberPlausible(0.6), manufacturerKnown(0.4)],
  other: [kindKnown],
}
