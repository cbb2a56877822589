import {
  type Extraction,
  type Fields,
  xmlAll,
  xmlAttribute,
  xmlFirst,
  xmlRoot,
  xmlText,
  type XmlNode,
} from '@stageline/domain'
import { amountField, dateField, present, textField } from './structured-field.ts'

/**
 * Reads a UN/CEFACT Cross Industry Invoice by element path, after the binding of EN 16931-3-3: the form inside
 * Factur-X and ZUGFeRD. The names of ZUGFeRD 1.0 stand beside those of version 2.
 */
export function readCii(data: unknown): Extraction {
  const invoice = xmlFirst(xmlRoot(data), 'CrossIndustryInvoice|CrossIndustryDocument')
  if (!invoice) return { fields: {}, lineItems: [] }
  const document = xmlFirst(invoice, 'ExchangedDocument|HeaderExchangedDocument')
  const trade = xmlFirst(invoice, 'SupplyChainTradeTransaction|SpecifiedSupplyChainTradeTransaction')
  const fields = { ...(document ? headFields(document) : {}), ...(trade ? tradeFields(trade) : {}) }
  return {
    fields,
    lineItems: trade ? xmlAll(trade, 'IncludedSupplyChainTradeLineItem').filter(isSold).map(readLine) : [],
  }
}

const AGREEMENT = 'ApplicableHeaderTradeAgreement|ApplicableSupplyChainTradeAgreement'
const SETTLEMENT = 'ApplicableHeaderTradeSettlement|ApplicableSupplyChainTradeSettlement'
const SUMMATION = 'SpecifiedTradeSettlementHeaderMonetarySummation|SpecifiedTradeSettlementMonetarySummation'
const LINE_SUMMATION = 'SpecifiedTradeSettlementLineMonetarySummation|SpecifiedTradeSettlementMonetarySummation'

const headFields = (document: XmlNode): Fields =>
  present({
    invoice_number: textField(xmlFirst(document, 'ID')),
    issue_date: dateField(xmlFirst(document, 'IssueDateTime', 'DateTimeString')),
  })

function tradeFields(trade: XmlNode): Fields {
  const seller = xmlFirst(trade, AGREEMENT, 'SellerTradeParty')
  const sums = xmlFirst(trade, SETTLEMENT, SUMMATION)
  const currency = xmlFirst(trade, SETTLEMENT, 'InvoiceCurrencyCode')
  return present({
    due_date: dateField(xmlFirst(trade, SETTLEMENT, 'SpecifiedTradePaymentTerms', 'DueDateDateTime', 'DateTimeString')),
    seller_name: textField(seller && xmlFirst(seller, 'Name')),
    seller_vat_id: textField(seller && vatId(seller)),
    buyer_name: textField(xmlFirst(trade, AGREEMENT, 'BuyerTradeParty', 'Name')),
    currency: textField(currency),
    net_total: amountField(sums && xmlFirst(sums, 'TaxBasisTotalAmount')),
    tax_total: amountField(sums && taxTotal(sums, xmlText(currency))),
    gross_total: amountField(sums && xmlFirst(sums, 'GrandTotalAmount')),
    due_amount: amountField(sums && xmlFirst(sums, 'DuePayableAmount')),
  })
}

const vatId = (party: XmlNode): XmlNode | undefined =>
  xmlAll(party, 'SpecifiedTaxRegistration', 'ID').find((id) => xmlAttribute(id, 'schemeID') === 'VA')

/** A second tax total may stand in the accounting currency. */
function taxTotal(sums: XmlNode, currency: string | undefined): XmlNode | undefined {
  const amounts = xmlAll(sums, 'TaxTotalAmount')
  return amounts.find((amount) => xmlAttribute(amount, 'currencyID') === currency) ?? amounts[0]
}

/** ZUGFeRD 1.0 has lines that hold only a note. */
const isSold = (line: XmlNode): boolean => xmlFirst(line, 'SpecifiedTradeProduct') !== undefined

const readLine = (line: XmlNode): Fields =>
  present({
    description: textField(xmlFirst(line, 'SpecifiedTradeProduct', 'Name')),
    quantity: amountField(
      xmlFirst(line, 'SpecifiedLineTradeDelivery|SpecifiedSupplyChainTradeDelivery', 'BilledQuantity'),
    ),
    unit_price: amountField(
      xmlFirst(
        line,
        'SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement',
        'NetPriceProductTradePrice',
        'ChargeAmount',
      ),
    ),
    line_total: amountField(
      xmlFirst(
        line,
        'SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement',
        LINE_SUMMATION,
        'LineTotalAmount',
      ),
    ),
  })
