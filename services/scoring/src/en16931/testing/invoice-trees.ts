/** The same small invoice, which keeps all rules, in both syntaxes, as the tree that its XML is parsed to. */
import type { StructuredPart } from '@stageline/domain'

const SPECIFICATION = 'urn:cen.eu:en16931:2017'
const euro = (amount: string) => ({ '#text': amount, '@_currencyID': 'EUR' })
const scheme = () => ({ ID: 'VAT' })
const standard = () => ({ ID: 'S', Percent: '19', TaxScheme: scheme() })

export const ublInvoice = () => ({
  CustomizationID: SPECIFICATION,
  ID: '2026-0107',
  IssueDate: '2026-11-20',
  DueDate: '2026-12-20',
  InvoiceTypeCode: '380',
  DocumentCurrencyCode: 'EUR',
  AccountingSupplierParty: {
    Party: {
      PostalAddress: { Country: { IdentificationCode: 'DE' } },
      PartyTaxScheme: { CompanyID: 'DE123456789', TaxScheme: scheme() },
      PartyLegalEntity: { RegistrationName: 'Muster Büromöbel GmbH' },
    },
  },
  AccountingCustomerParty: {
    Party: {
      PostalAddress: { Country: { IdentificationCode: 'DE' } },
      PartyLegalEntity: { RegistrationName: 'Beispiel Papierhaus GmbH' },
    },
  },
  AllowanceCharge: {
    ChargeIndicator: 'false',
    AllowanceChargeReason: 'Rebate',
    Amount: euro('10.00'),
    TaxCategory: standard(),
  },
  TaxTotal: {
    TaxAmount: euro('17.10'),
    TaxSubtotal: { TaxableAmount: euro('90.00'), TaxAmount: euro('17.10'), TaxCategory: standard() },
  },
  LegalMonetaryTotal: {
    LineExtensionAmount: euro('100.00'),
    TaxExclusiveAmount: euro('90.00'),
    TaxInclusiveAmount: euro('107.10'),
    AllowanceTotalAmount: euro('10.00'),
    PayableAmount: euro('107.10'),
  },
  InvoiceLine: [
    {
      ID: '1',
      InvoicedQuantity: { '#text': '2', '@_unitCode': 'C62' },
      LineExtensionAmount: euro('60.00'),
      Item: { Name: 'Chair', ClassifiedTaxCategory: standard() },
      Price: { PriceAmount: euro('30.00') },
    },
    {
      ID: '2',
      InvoicedQuantity: { '#text': '1', '@_unitCode': 'C62' },
      LineExtensionAmount: euro('40.00'),
      Item: { Name: 'Lamp', ClassifiedTaxCategory: standard() },
      Price: { PriceAmount: euro('40.00') },
    },
  ],
})

const category = () => ({ TypeCode: 'VAT', CategoryCode: 'S', RateApplicablePercent: '19' })
const day = (digits: string) => ({ DateTimeString: { '#text': digits, '@_format': '102' } })

export const ciiInvoice = () => ({
  ExchangedDocumentContext: { GuidelineSpecifiedDocumentContextParameter: { ID: SPECIFICATION } },
  ExchangedDocument: { ID: '2026-0107', TypeCode: '380', IssueDateTime: day('20261120') },
  SupplyChainTradeTransaction: {
    IncludedSupplyChainTradeLineItem: {
      AssociatedDocumentLineDocument: { LineID: '1' },
      SpecifiedTradeProduct: { Name: 'Chair' },
      SpecifiedLineTradeAgreement: { NetPriceProductTradePrice: { ChargeAmount: '50.00' } },
      SpecifiedLineTradeDelivery: { BilledQuantity: { '#text': '2', '@_unitCode': 'C62' } },
      SpecifiedLineTradeSettlement: {
        ApplicableTradeTax: category(),
        SpecifiedTradeSettlementLineMonetarySummation: { LineTotalAmount: '100.00' },
      },
    },
    ApplicableHeaderTradeAgreement: {
      SellerTradeParty: {
        Name: 'Muster Büromöbel GmbH',
        PostalTradeAddress: { CountryID: 'DE' },
        SpecifiedTaxRegistration: { ID: { '#text': 'DE123456789', '@_schemeID': 'VA' } },
      },
      BuyerTradeParty: { Name: 'Beispiel Papierhaus GmbH', PostalTradeAddress: { CountryID: 'DE' } },
    },
    ApplicableHeaderTradeDelivery: '',
    ApplicableHeaderTradeSettlement: {
      InvoiceCurrencyCode: 'EUR',
      ApplicableTradeTax: { ...category(), CalculatedAmount: '17.10', BasisAmount: '90.00' },
      SpecifiedTradeAllowanceCharge: {
        ChargeIndicator: { Indicator: 'false' },
        ActualAmount: '10.00',
        Reason: 'Rebate',
        CategoryTradeTax: category(),
      },
      SpecifiedTradePaymentTerms: { DueDateDateTime: day('20261220') },
      SpecifiedTradeSettlementHeaderMonetarySummation: {
        LineTotalAmount: '100.00',
        AllowanceTotalAmount: '10.00',
        TaxBasisTotalAmount: '90.00',
        TaxTotalAmount: euro('17.10'),
        GrandTotalAmount: '107.10',
        DuePayableAmount: '107.10',
      },
    },
  },
})

export const ublPart = (invoice: object): StructuredPart => ({
  form: 'ubl',
  from: 'document',
  data: { Invoice: invoice },
})

export const ciiPart = (invoice: object): StructuredPart => ({
  form: 'cii',
  from: 'factur-x.xml',
  data: { CrossIndustryInvoice: invoice },
})

/** The tree with one value put at a path of keys and positions, `undefined` to take it away. */
export function withValue(tree: object, path: string, value: unknown): object {
  const copy = structuredClone(tree)
  const keys = path.split('.')
  const last = keys.pop()!
  const parent = keys.reduce<Record<string, unknown>>((node, key) => node[key] as Record<string, unknown>, {
    ...copy,
  })
  if (keys.length === 0) return { ...copy, [last]: value }
  parent[last] = value
  return copy
}
