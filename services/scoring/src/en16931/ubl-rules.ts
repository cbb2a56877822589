import { xmlAttribute, xmlText, type XmlNode } from '@stageline/domain'
import { at, ublRule, type Finding, type Rule } from './rule.ts'
import { selectPath } from './select-path.ts'

/** The binding to UBL allows at most one where UBL itself allows several. */
type Row = readonly [code: string, context: string, path: string, name: string]

const SELLER = 'AccountingSupplierParty/Party'
const BUYER = 'AccountingCustomerParty/Party'
const LINE = 'InvoiceLine|CreditNoteLine'

const ROWS: readonly Row[] = [
  ['UBL-SR-01', '', 'ContractDocumentReference/ID', 'The contract reference'],
  ['UBL-SR-02', '', 'ReceiptDocumentReference/ID', 'The receiving advice reference'],
  ['UBL-SR-03', '', 'DespatchDocumentReference/ID', 'The despatch advice reference'],
  ['UBL-SR-04', '', 'AdditionalDocumentReference[DocumentTypeCode=130]/ID', 'The invoiced object identifier'],
  ['UBL-SR-05', '', 'PaymentTerms/Note', 'The payment terms'],
  ['UBL-SR-06', 'BillingReference', 'InvoiceDocumentReference', 'The preceding invoice reference'],
  ['UBL-SR-08', '', 'InvoicePeriod', 'The invoicing period'],
  ['UBL-SR-09', '', `${SELLER}/PartyLegalEntity/RegistrationName`, 'The seller name'],
  ['UBL-SR-10', '', `${SELLER}/PartyName/Name`, 'The seller trading name'],
  ['UBL-SR-11', '', `${SELLER}/PartyLegalEntity/CompanyID`, 'The seller legal registration identifier'],
  ['UBL-SR-12', '', `${SELLER}/PartyTaxScheme[TaxScheme/ID=VAT]/CompanyID`, 'The seller VAT identifier'],
  ['UBL-SR-13', '', `${SELLER}/PartyTaxScheme[TaxScheme/ID!=VAT]/CompanyID`, 'The seller tax registration'],
  ['UBL-SR-14', '', `${SELLER}/PartyLegalEntity/CompanyLegalForm`, 'The seller additional legal information'],
  ['UBL-SR-15', '', `${BUYER}/PartyLegalEntity/RegistrationName`, 'The buyer name'],
  ['UBL-SR-16', '', `${BUYER}/PartyIdentification/ID`, 'The buyer identifier'],
  ['UBL-SR-17', '', `${BUYER}/PartyLegalEntity/CompanyID`, 'The buyer legal registration identifier'],
  ['UBL-SR-18', '', `${BUYER}/PartyTaxScheme[TaxScheme/ID=VAT]/CompanyID`, 'The buyer VAT identifier'],
  ['UBL-SR-19', 'PayeeParty', 'PartyName/Name', 'The payee name'],
  ['UBL-SR-20', 'PayeeParty', 'PartyIdentification/ID[@schemeID!=SEPA]', 'The payee identifier'],
  ['UBL-SR-21', 'PayeeParty', 'PartyLegalEntity/CompanyID', 'The payee legal registration identifier'],
  ['UBL-SR-22', 'TaxRepresentativeParty', 'PartyName/Name', 'The tax representative name'],
  ['UBL-SR-23', 'TaxRepresentativeParty', 'PartyTaxScheme/CompanyID', 'The tax representative VAT identifier'],
  ['UBL-SR-24', '', 'Delivery', 'The delivery information'],
  ['UBL-SR-25', 'Delivery', 'DeliveryParty/PartyName/Name', 'The deliver to party name'],
  ['UBL-SR-26', 'PaymentMeans', 'PaymentID', 'The remittance information'],
  ['UBL-SR-27', 'PaymentMeans', 'PaymentMeansCode', 'The payment means code'],
  ['UBL-SR-28', 'PaymentMeans', 'PaymentMandate/ID', 'The mandate reference identifier'],
  ['UBL-SR-29', '', '//PartyIdentification/ID[@schemeID=SEPA]', 'The bank assigned creditor identifier'],
  ['UBL-SR-30', 'AllowanceCharge[ChargeIndicator=false|0]', 'AllowanceChargeReason', 'The allowance reason'],
  ['UBL-SR-31', 'AllowanceCharge[ChargeIndicator=true|1]', 'AllowanceChargeReason', 'The charge reason'],
  ['UBL-SR-32', 'TaxTotal/TaxSubtotal', 'TaxCategory/TaxExemptionReason', 'The VAT exemption reason'],
  ['UBL-SR-33', 'AdditionalDocumentReference', 'DocumentDescription', 'The description of the document'],
  ['UBL-SR-34', LINE, 'Note', 'The line note'],
  ['UBL-SR-35', LINE, 'OrderLineReference/LineID', 'The order line reference'],
  ['UBL-SR-36', LINE, 'InvoicePeriod', 'The line period'],
  ['UBL-SR-37', LINE, 'Price/AllowanceCharge/Amount', 'The item price discount'],
  ['UBL-SR-39', '', 'ProjectReference/ID', 'The project reference'],
  ['UBL-SR-40', '', `${BUYER}/PartyName/Name`, 'The buyer trading name'],
  ['UBL-SR-45', '', 'PaymentMeans/PaymentDueDate', 'The due date'],
  ['UBL-SR-46', '', 'PaymentMeans/PaymentMeansCode/@name', 'The payment means text'],
  ['UBL-SR-49', '', 'InvoicePeriod/DescriptionCode', 'The VAT point date code'],
  ['UBL-SR-50', LINE, 'Item/Description', 'The item description'],
  ['UBL-SR-51', '//PostalAddress|Address', 'AddressLine', 'The third line of an address'],
  ['UBL-SR-52', LINE, 'DocumentReference', 'The line object identifier'],
]

const atMostOnce = ([code, context, path, name]: Row): Rule =>
  ublRule(code, ({ root }) =>
    selectPath(root, context).flatMap((group) => {
      const found = selectPath(group, path)
      return found.length > 1 ? [at(found[1]!, `${name} is there ${found.length} times, not once.`)] : []
    }),
  )

/** Values may be repeated, but not differ. */
const equalEverywhere = (code: string, path: string, name: string): Rule =>
  ublRule(code, ({ root }) => {
    const [first, ...rest] = selectPath(root, path)
    return rest
      .filter((node) => xmlText(node) !== xmlText(first))
      .map((node) => at(node, `${name} is "${xmlText(node)}" here and "${xmlText(first)}" before.`))
  })

/** The rule asks each element at the path whether something is wrong with it. */
const each = (code: string, path: string, wrong: (node: XmlNode, root: XmlNode) => string | undefined): Rule =>
  ublRule(code, ({ root }) =>
    selectPath(root, path).flatMap((node): Finding[] => {
      const detail = wrong(node, root)
      return detail === undefined ? [] : [at(node, detail)]
    }),
  )

const has = (node: XmlNode, path: string): boolean => selectPath(node, path).length > 0

/** 130 is the code of an invoiced object; credit notes have also used 50. */
function objectReference(node: XmlNode, root: XmlNode): string | undefined {
  const type = xmlText(selectPath(node, 'DocumentTypeCode')[0])
  const isObject = type === '130' || (type === '50' && root.path === 'CreditNote')
  const isPlain = !has(node, 'DocumentTypeCode') && !has(node, 'ID/@schemeID')
  return isObject || isPlain ? undefined : 'Only an invoiced object (type code 130) has a scheme or a type.'
}

export const UBL_RULES: readonly Rule[] = [
  ...ROWS.map(atMostOnce),
  each('UBL-SR-07', 'BillingReference', (node) =>
    has(node, 'InvoiceDocumentReference/ID') ? undefined : 'The preceding invoice has no number.',
  ),
  each('UBL-SR-42', SELLER, (node) =>
    selectPath(node, 'PartyTaxScheme').length > 2 ? 'The seller has more than two tax registrations.' : undefined,
  ),
  each('UBL-SR-43', 'AdditionalDocumentReference', objectReference),
  equalEverywhere('UBL-SR-44', 'PaymentMeans/PaymentID', 'The remittance information'),
  equalEverywhere('UBL-SR-47', 'PaymentMeans/PaymentMeansCode', 'The payment means code'),
  each('UBL-SR-48', LINE, (node) =>
    selectPath(node, 'Item/ClassifiedTaxCategory').length === 1 ? undefined : 'A line has exactly one VAT category.',
  ),
  each('UBL-SR-53', '//PartyTaxScheme', (node) =>
    has(node, 'CompanyID') && has(node, 'TaxScheme/ID') ? undefined : 'A tax registration lacks its number or scheme.',
  ),
  each('UBL-DT-06', '//*BinaryObject', (node) =>
    xmlAttribute(node, 'mimeCode') === undefined ? 'The attachment has no mimeCode.' : undefined,
  ),
  each('UBL-DT-07', '//*BinaryObject', (node) =>
    xmlAttribute(node, 'filename') === undefined ? 'The attachment has no filename.' : undefined,
  ),
]
