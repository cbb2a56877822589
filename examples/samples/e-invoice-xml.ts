import { decimal, lineTotal, totalsOf } from './invoice.ts'
import type { Invoice, Party } from './invoice.ts'

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** An EN 16931 invoice or credit note in UBL 2.1. */
export function ublXml(invoice: Invoice, type: 'Invoice' | 'CreditNote'): string {
  const { net, tax, gross } = totalsOf(invoice)
  const amount = (name: string, cents: number) =>
    `<cbc:${name} currencyID="${invoice.currency}">${decimal(cents)}</cbc:${name}>`
  const quantity = type === 'Invoice' ? 'InvoicedQuantity' : 'CreditedQuantity'
  const category = `<cbc:ID>S</cbc:ID><cbc:Percent>${invoice.taxPercent}</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>`
  const lines = invoice.lines.map(
    (line, index) => `  <cac:${type}Line>
    <cbc:ID>${index + 1}</cbc:ID>
    <cbc:${quantity} unitCode="C62">${line.quantity}</cbc:${quantity}>
    ${amount('LineExtensionAmount', lineTotal(line))}
    <cac:Item><cbc:Name>${escape(line.description)}</cbc:Name><cac:ClassifiedTaxCategory>${category}</cac:ClassifiedTaxCategory></cac:Item>
    <cac:Price>${amount('PriceAmount', line.unitPrice)}</cac:Price>
  </cac:${type}Line>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<${type} xmlns="urn:oasis:names:specification:ubl:schema:xsd:${type}-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
  <cbc:ID>${invoice.number}</cbc:ID>
  <cbc:IssueDate>${invoice.issueDate}</cbc:IssueDate>
${type === 'Invoice' ? `  <cbc:DueDate>${invoice.dueDate}</cbc:DueDate>\n  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>` : '  <cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>'}
  <cbc:DocumentCurrencyCode>${invoice.currency}</cbc:DocumentCurrencyCode>
  <cac:AccountingSupplierParty>${ublParty(invoice.seller)}</cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty>${ublParty(invoice.buyer)}</cac:AccountingCustomerParty>
  <cac:TaxTotal>
    ${amount('TaxAmount', tax)}
    <cac:TaxSubtotal>
      ${amount('TaxableAmount', net)}
      ${amount('TaxAmount', tax)}
      <cac:TaxCategory>${category}</cac:TaxCategory>
    </cac:TaxSubtotal>
  </cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    ${amount('LineExtensionAmount', net)}
    ${amount('TaxExclusiveAmount', net)}
    ${amount('TaxInclusiveAmount', gross)}
    ${amount('PayableAmount', gross)}
  </cac:LegalMonetaryTotal>
${lines.join('\n')}
</${type}>
`
}

function ublParty({ name, address, country, vatId }: Party): string {
  const tax = vatId
    ? `<cac:PartyTaxScheme><cbc:CompanyID>${vatId}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>`
    : ''
  return `
    <cac:Party>
      <cac:PostalAddress><cbc:StreetName>${escape(address)}</cbc:StreetName><cac:Country><cbc:IdentificationCode>${country}</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
      ${tax}
      <cac:PartyLegalEntity><cbc:RegistrationName>${escape(name)}</cbc:RegistrationName></cac:PartyLegalEntity>
    </cac:Party>
  `
}

/** An EN 16931 invoice in UN/CEFACT CII D16B, as Factur-X and ZUGFeRD carry it. */
export function ciiXml(invoice: Invoice): string {
  const { net, tax, gross } = totalsOf(invoice)
  const day = (iso: string) => `<udt:DateTimeString format="102">${iso.replaceAll('-', '')}</udt:DateTimeString>`
  const lines = invoice.lines.map(
    (line, index) => `    <ram:IncludedSupplyChainTradeLineItem>
      <ram:AssociatedDocumentLineDocument><ram:LineID>${index + 1}</ram:LineID></ram:AssociatedDocumentLineDocument>
      <ram:SpecifiedTradeProduct><ram:Name>${escape(line.description)}</ram:Name></ram:SpecifiedTradeProduct>
      <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>${decimal(line.unitPrice)}</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
      <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">${line.quantity}</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
      <ram:SpecifiedLineTradeSettlement>
        <ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>${invoice.taxPercent}</ram:RateApplicablePercent></ram:ApplicableTradeTax>
        <ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>${decimal(lineTotal(line))}</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>
      </ram:SpecifiedLineTradeSettlement>
    </ram:IncludedSupplyChainTradeLineItem>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
  <rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
  <rsm:ExchangedDocument>
    <ram:ID>${invoice.number}</ram:ID>
    <ram:TypeCode>380</ram:TypeCode>
    <ram:IssueDateTime>${day(invoice.issueDate)}</ram:IssueDateTime>
  </rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>
${lines.join('\n')}
    <ram:ApplicableHeaderTradeAgreement>
      <ram:SellerTradeParty>${ciiParty(invoice.seller)}</ram:SellerTradeParty>
      <ram:BuyerTradeParty>${ciiParty(invoice.buyer)}</ram:BuyerTradeParty>
    </ram:ApplicableHeaderTradeAgreement>
    <ram:ApplicableHeaderTradeDelivery/>
    <ram:ApplicableHeaderTradeSettlement>
      <ram:InvoiceCurrencyCode>${invoice.currency}</ram:InvoiceCurrencyCode>
      <ram:ApplicableTradeTax>
        <ram:CalculatedAmount>${decimal(tax)}</ram:CalculatedAmount>
        <ram:TypeCode>VAT</ram:TypeCode>
        <ram:BasisAmount>${decimal(net)}</ram:BasisAmount>
        <ram:CategoryCode>S</ram:CategoryCode>
        <ram:RateApplicablePercent>${invoice.taxPercent}</ram:RateApplicablePercent>
      </ram:ApplicableTradeTax>
      <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>${day(invoice.dueDate)}</ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
      <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
        <ram:LineTotalAmount>${decimal(net)}</ram:LineTotalAmount>
        <ram:TaxBasisTotalAmount>${decimal(net)}</ram:TaxBasisTotalAmount>
        <ram:TaxTotalAmount currencyID="${invoice.currency}">${decimal(tax)}</ram:TaxTotalAmount>
        <ram:GrandTotalAmount>${decimal(gross)}</ram:GrandTotalAmount>
        <ram:DuePayableAmount>${decimal(gross)}</ram:DuePayableAmount>
      </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    </ram:ApplicableHeaderTradeSettlement>
  </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
`
}

function ciiParty({ name, address, country, vatId, nationalIds }: Party): string {
  const registration = (scheme: string, id: string) =>
    `<ram:SpecifiedTaxRegistration><ram:ID schemeID="${scheme}">${id}</ram:ID></ram:SpecifiedTaxRegistration>`
  const legal = nationalIds
    ? `<ram:SpecifiedLegalOrganization><ram:ID>${nationalIds.legal}</ram:ID></ram:SpecifiedLegalOrganization>`
    : ''
  return `
        <ram:Name>${escape(name)}</ram:Name>${legal}
        <ram:PostalTradeAddress><ram:LineOne>${escape(address)}</ram:LineOne><ram:CountryID>${country}</ram:CountryID></ram:PostalTradeAddress>
        ${vatId ? registration('VA', vatId) : nationalIds ? registration('FC', nationalIds.tax) : ''}
      `
}
