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

/** Reads a UBL 2.1 Invoice or CreditNote by element path, after the binding of EN 16931-3-2. */
export function readUbl(data: unknown): Extraction {
  const invoice = xmlFirst(xmlRoot(data), 'Invoice|CreditNote')
  if (!invoice) return { fields: {}, lineItems: [] }
  const totals = xmlFirst(invoice, 'LegalMonetaryTotal')
  const currency = xmlFirst(invoice, 'DocumentCurrencyCode')
  const seller = xmlFirst(invoice, 'AccountingSupplierParty', 'Party')
  const buyer = xmlFirst(invoice, 'AccountingCustomerParty', 'Party')
  const fields = present({
    invoice_number: textField(xmlFirst(invoice, 'ID')),
    issue_date: dateField(xmlFirst(invoice, 'IssueDate')),
    due_date: dateField(xmlFirst(invoice, 'DueDate') ?? xmlFirst(invoice, 'PaymentMeans', 'PaymentDueDate')),
    seller_name: textField(seller && partyName(seller)),
    seller_vat_id: textField(seller && vatId(seller)),
    buyer_name: textField(buyer && partyName(buyer)),
    currency: textField(currency),
    net_total: amountField(totals && xmlFirst(totals, 'TaxExclusiveAmount')),
    tax_total: amountField(taxTotal(invoice, xmlText(currency))),
    gross_total: amountField(totals && xmlFirst(totals, 'TaxInclusiveAmount')),
    due_amount: amountField(totals && xmlFirst(totals, 'PayableAmount')),
  })
  return { fields, lineItems: xmlAll(invoice, 'InvoiceLine|CreditNoteLine').map(readLine) }
}

/** The registered name, else the trading name. */
const partyName = (party: XmlNode): XmlNode | undefined =>
  xmlFirst(party, 'PartyLegalEntity', 'RegistrationName') ?? xmlFirst(party, 'PartyName', 'Name')

const vatId = (party: XmlNode): XmlNode | undefined => {
  const schemes = xmlAll(party, 'PartyTaxScheme')
  const vat = schemes.find((scheme) => xmlText(xmlFirst(scheme, 'TaxScheme', 'ID')) === 'VAT')
  return vat && xmlFirst(vat, 'CompanyID')
}

/** A second tax total may stand in the accounting currency. */
function taxTotal(invoice: XmlNode, currency: string | undefined): XmlNode | undefined {
  const amounts = xmlAll(invoice, 'TaxTotal', 'TaxAmount')
  return amounts.find((amount) => xmlAttribute(amount, 'currencyID') === currency) ?? amounts[0]
}

const readLine = (line: XmlNode): Fields =>
  present({
    description: textField(xmlFirst(line, 'Item', 'Name') ?? xmlFirst(line, 'Item', 'Description')),
    quantity: amountField(xmlFirst(line, 'InvoicedQuantity|CreditedQuantity')),
    unit_price: amountField(xmlFirst(line, 'Price', 'PriceAmount')),
    line_total: amountField(xmlFirst(line, 'LineExtensionAmount')),
  })
