import { failed, inputsOf, notApplicable, passed, textOf } from './check-rule.ts'
import type { CheckRule } from './check-rule.ts'

/** The form only: whether the number is given to somebody, only the tax office knows. */
export const vatIdForm: CheckRule = {
  name: 'vat_id_form',
  weight: 0.05,
  blocking: false,
  find({ fields }) {
    const inputs = inputsOf(fields, 'seller_vat_id')
    const vatId = textOf(fields.seller_vat_id)
      ?.toUpperCase()
      .replace(/[\s.-]/g, '')
    const country = /^(?:CHE|[A-Z]{2})/.exec(vatId ?? '')?.[0]
    const form = country && FORMS[country]
    if (!vatId || !form) return notApplicable(inputs, 'There is no VAT id of a country whose form is known.')
    return form.test(vatId.slice(country.length))
      ? passed(inputs, `${vatId} has the form of a VAT id of ${country}.`)
      : failed(inputs, `${vatId} does not have the form of a VAT id of ${country}.`)
  },
}

/** What follows the country, as the European Commission lists it for VIES; Switzerland, Norway and Great Britain added. */
const FORMS: Record<string, RegExp> = {
  AT: /^U\d{8}$/,
  BE: /^[01]\d{9}$/,
  BG: /^\d{9,10}$/,
  CHE: /^\d{9}(MWST|TVA|IVA)?$/,
  CY: /^\d{8}[A-Z]$/,
  CZ: /^\d{8,10}$/,
  DE: /^\d{9}$/,
  DK: /^\d{8}$/,
  EE: /^\d{9}$/,
  EL: /^\d{9}$/,
  ES: /^[A-Z0-9]\d{7}[A-Z0-9]$/,
  FI: /^\d{8}$/,
  FR: /^[A-HJ-NP-Z0-9]{2}\d{9}$/,
  GB: /^(\d{9}|\d{12}|GD\d{3}|HA\d{3})$/,
  HR: /^\d{11}$/,
  HU: /^\d{8}$/,
  IE: /^(\d{7}[A-Z]{1,2}|\d[A-Z+*]\d{5}[A-Z])$/,
  IT: /^\d{11}$/,
  LT: /^(\d{9}|\d{12})$/,
  LU: /^\d{8}$/,
  LV: /^\d{11}$/,
  MT: /^\d{8}$/,
  NL: /^[A-Z0-9+*]{10}\d{2}$/,
  NO: /^\d{9}(MVA)?$/,
  PL: /^\d{10}$/,
  PT: /^\d{9}$/,
  RO: /^\d{2,10}$/,
  SE: /^\d{12}$/,
  SI: /^\d{8}$/,
  SK: /^\d{10}$/,
  XI: /^(\d{9}|\d{12}|GD\d{3}|HA\d{3})$/,
}
