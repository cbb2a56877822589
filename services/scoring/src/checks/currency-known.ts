import { failed, inputsOf, notApplicable, passed, textOf } from './check-rule.ts'
import type { CheckRule } from './check-rule.ts'

export const currencyKnown = (weight: number): CheckRule => ({
  name: 'currency_known',
  weight,
  blocking: true,
  find({ fields }) {
    const inputs = inputsOf(fields, 'currency')
    const currency = textOf(fields.currency)
    if (!currency) return notApplicable(inputs, 'There is no currency.')
    return CURRENCIES.has(currency)
      ? passed(inputs, `${currency} is a currency of ISO 4217.`)
      : failed(inputs, `"${currency}" is not a currency code of ISO 4217.`)
  },
})

/**
 * ISO 4217 list one of 2026 without metals, funds and testing codes, and behind it what was withdrawn in the last ten
 * years: documents of that age are still plausible.
 */
export const CURRENCIES = new Set(
  `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP
  CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
  IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU
  MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG
  SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV
  WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
  ANG BGN BYR HRK MRO SLL STD VEF ZWL`.split(/\s+/),
)
