import { folded } from '../folded.ts'
import { failed, inputsOf, notApplicable, passed, textOf } from './check-rule.ts'
import type { CheckRule, Subject } from './check-rule.ts'

/**
 * The first job with a number of a seller owns it; every later one fails. The seller counts by VAT id and by name, so
 * that a copy on which one of them was not read is found as well. Repeating a job's own step changes nothing.
 */
export const numberNotSeenBefore: CheckRule = {
  name: 'number_not_seen_before',
  weight: 0.2,
  blocking: true,
  async find(subject) {
    const inputs = inputsOf(subject.fields, 'invoice_number', 'seller_vat_id', 'seller_name')
    const number = textOf(subject.fields.invoice_number)
    const sellers = sellersOf(subject)
    if (!number || number.length > MAX_LENGTH || sellers.length === 0)
      return notApplicable(inputs, 'The number or the seller is not known.')
    const keys = sellers.map((seller) => `${seller}|${number.toUpperCase().replace(/\s/g, '')}`)
    const claims = await Promise.all(keys.map((key) => subject.firstSeen.claim(subject.kind, key)))
    const earlier = claims.find((claim) => !claim.isThisJob)
    return earlier
      ? failed(
          inputs,
          `Number ${number} of this seller was first seen on ${earlier.at.toISOString().slice(0, 10)} in job ${earlier.jobId}.`,
        )
      : passed(inputs, `Number ${number} of this seller is new.`)
  },
}

/** Longer than any number or name is: it was misread, and is no key to remember. */
const MAX_LENGTH = 300

function sellersOf({ fields }: Subject): string[] {
  const [vatId, name] = [textOf(fields.seller_vat_id), textOf(fields.seller_name)]
  return [
    ...(vatId && vatId.length <= MAX_LENGTH ? [`vat:${vatId.toUpperCase().replace(/[^A-Z0-9]/g, '')}`] : []),
    ...(name && name.length <= MAX_LENGTH ? [`name:${folded(name)}`] : []),
  ]
}
