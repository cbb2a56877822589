import { xmlAttribute, xmlText } from '@stageline/domain'
import {
  ADDRESS_SCHEMES,
  ALLOWANCE_REASONS,
  CHARGE_REASONS,
  CLASSIFICATIONS,
  COUNTRIES,
  CREDIT_NOTE_TYPES,
  CURRENCY_CODES,
  IDENTIFIER_SCHEMES,
  INVOICE_TYPES,
  MEDIA_TYPES,
  PAYMENT_MEANS,
  TAX_POINT_CODES,
  TAX_POINT_CODES_CII,
  VAT_CATEGORIES,
  VATEX,
} from './code-lists.ts'
import { REFERENCE_CODES } from './reference-codes.ts'
import { at, ublRule, type Finding, type Rule } from './rule.ts'
import { selectPath } from './select-path.ts'
import { UNIT_CODES } from './unit-codes.ts'

type Codes = { has: (code: string) => boolean }

/** What stands at the paths shall be in the list. */
type Row = readonly [code: string, list: string, codes: Codes, ubl: readonly string[], cii: readonly string[]]

const INVOICE_OR_CREDIT_NOTE: Codes = { has: (code) => INVOICE_TYPES.has(code) || CREDIT_NOTE_TYPES.has(code) }
const IDENTIFIER_OR_SEPA: Codes = { has: (code) => IDENTIFIER_SCHEMES.has(code) || code === 'SEPA' }
const VATEX_IN_ANY_CASE: Codes = { has: (code) => VATEX.has(code.toUpperCase()) }
const REFERENCED = '[DocumentTypeCode=130]/ID/@schemeID'

const ROWS: readonly Row[] = [
  ['BR-CL-01', 'UNTDID 1001', INVOICE_TYPES, ['//InvoiceTypeCode'], []],
  ['BR-CL-01', 'UNTDID 1001', CREDIT_NOTE_TYPES, ['//CreditNoteTypeCode'], []],
  ['BR-CL-01', 'UNTDID 1001', INVOICE_OR_CREDIT_NOTE, [], ['ExchangedDocument/TypeCode']],
  ['BR-CL-03', 'ISO 4217', CURRENCY_CODES, [], ['//TaxTotalAmount/@currencyID']],
  ['BR-CL-04', 'ISO 4217', CURRENCY_CODES, ['//DocumentCurrencyCode'], ['//InvoiceCurrencyCode']],
  ['BR-CL-05', 'ISO 4217', CURRENCY_CODES, ['//TaxCurrencyCode'], ['//TaxCurrencyCode']],
  ['BR-CL-06', 'UNTDID 2005', TAX_POINT_CODES, ['//InvoicePeriod/DescriptionCode'], []],
  ['BR-CL-06', 'UNTDID 2475', TAX_POINT_CODES_CII, [], ['//ApplicableTradeTax/DueDateTypeCode']],
  [
    'BR-CL-07',
    'UNTDID 1153',
    REFERENCE_CODES,
    [`//AdditionalDocumentReference${REFERENCED}`, `//DocumentReference${REFERENCED}`],
    ['//AdditionalReferencedDocument/ReferenceTypeCode'],
  ],
  [
    'BR-CL-10',
    'ISO 6523',
    IDENTIFIER_OR_SEPA,
    [
      '//AccountingSupplierParty/Party/PartyIdentification/ID/@schemeID',
      '//PayeeParty/PartyIdentification/ID/@schemeID',
    ],
    ['//SellerTradeParty|BuyerTradeParty|PayeeTradeParty/GlobalID/@schemeID'],
  ],
  [
    'BR-CL-10',
    'ISO 6523',
    IDENTIFIER_SCHEMES,
    ['//AccountingCustomerParty/Party/PartyIdentification/ID/@schemeID'],
    [],
  ],
  [
    'BR-CL-11',
    'ISO 6523',
    IDENTIFIER_SCHEMES,
    ['//PartyLegalEntity/CompanyID/@schemeID'],
    ['//SpecifiedLegalOrganization/ID/@schemeID'],
  ],
  ['BR-CL-13', 'UNTDID 7143', CLASSIFICATIONS, ['//ItemClassificationCode/@listID'], ['//ClassCode/@listID']],
  ['BR-CL-14', 'ISO 3166-1', COUNTRIES, ['//Country/IdentificationCode'], ['//PostalTradeAddress/CountryID']],
  ['BR-CL-15', 'ISO 3166-1', COUNTRIES, ['//OriginCountry/IdentificationCode'], ['//OriginTradeCountry/ID']],
  [
    'BR-CL-16',
    'UNTDID 4461',
    PAYMENT_MEANS,
    ['//PaymentMeans/PaymentMeansCode'],
    ['//SpecifiedTradeSettlementPaymentMeans/TypeCode'],
  ],
  ['BR-CL-17', 'UNTDID 5305', VAT_CATEGORIES, ['//TaxCategory/ID'], ['//CategoryTradeTax/CategoryCode']],
  ['BR-CL-18', 'UNTDID 5305', VAT_CATEGORIES, ['//ClassifiedTaxCategory/ID'], ['//ApplicableTradeTax/CategoryCode']],
  [
    'BR-CL-19',
    'UNTDID 5189',
    ALLOWANCE_REASONS,
    ['//AllowanceCharge[ChargeIndicator=false|0]/AllowanceChargeReasonCode'],
    ['//SpecifiedTradeAllowanceCharge[ChargeIndicator/Indicator=false|0]/ReasonCode'],
  ],
  [
    'BR-CL-20',
    'UNTDID 7161',
    CHARGE_REASONS,
    ['//AllowanceCharge[ChargeIndicator=true|1]/AllowanceChargeReasonCode'],
    ['//SpecifiedTradeAllowanceCharge[ChargeIndicator/Indicator=true|1]/ReasonCode'],
  ],
  [
    'BR-CL-21',
    'ISO 6523',
    IDENTIFIER_SCHEMES,
    ['//StandardItemIdentification/ID/@schemeID'],
    ['//SpecifiedTradeProduct/GlobalID/@schemeID'],
  ],
  ['BR-CL-22', 'VATEX', VATEX_IN_ANY_CASE, ['//TaxExemptionReasonCode'], ['//ExemptionReasonCode']],
  ['BR-CL-23', 'UN/ECE Recommendation 20', UNIT_CODES, ['//*Quantity/@unitCode'], ['//*Quantity/@unitCode']],
  [
    'BR-CL-24',
    'of media types',
    MEDIA_TYPES,
    ['//EmbeddedDocumentBinaryObject/@mimeCode'],
    ['//AttachmentBinaryObject/@mimeCode'],
  ],
  ['BR-CL-25', 'EAS', ADDRESS_SCHEMES, ['//EndpointID/@schemeID'], ['//URIUniversalCommunication/URIID/@schemeID']],
  [
    'BR-CL-26',
    'ISO 6523',
    IDENTIFIER_SCHEMES,
    ['//DeliveryLocation/ID/@schemeID'],
    ['//ShipToTradeParty/GlobalID/@schemeID'],
  ],
]

/** In UBL every amount has a currency of its own. */
const amountsHaveCurrencies = ublRule('BR-CL-03', ({ root }) =>
  selectPath(root, '//*Amount').flatMap((amount) => {
    const currency = xmlAttribute(amount, 'currencyID')
    if (currency === undefined) return at(amount, 'The amount has no currencyID.')
    return CURRENCY_CODES.has(currency.trim()) ? [] : at(amount, notIn(currency, 'ISO 4217'))
  }),
)

export const CODE_RULES: readonly Rule[] = [
  ...ROWS.map(([code, list, codes, ubl, cii]): Rule => ({
    code,
    find: ({ syntax, root }) => (syntax === 'ubl' ? ubl : cii).flatMap((path) => unlisted(list, codes, path, root)),
  })),
  amountsHaveCurrencies,
]

function unlisted(list: string, codes: Codes, path: string, root: Parameters<typeof selectPath>[0]): Finding[] {
  return selectPath(root, path).flatMap((node) => {
    const value = xmlText(node) ?? ''
    return codes.has(value) ? [] : at(node, notIn(value, list))
  })
}

const notIn = (value: string, list: string): string => `"${value}" is not in the list ${list}.`
