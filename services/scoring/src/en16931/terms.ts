/**
 * Business terms (BT) and groups (BG) of the semantic model EN 16931-1, with their place in UBL 2.1 (EN 16931-3-2) and in
 * the UN/CEFACT Cross Industry Invoice (EN 16931-3-3). Places are paths of `select-path.ts`, read from the group that
 * holds the term; those of the invoice itself from its root.
 */
type Row = readonly [name: string, ubl: string, cii: string]

const TRADE = 'SupplyChainTradeTransaction'
const AGREED = `${TRADE}/ApplicableHeaderTradeAgreement`
const DELIVERED = `${TRADE}/ApplicableHeaderTradeDelivery`
const SETTLED = `${TRADE}/ApplicableHeaderTradeSettlement`
const LINE_SETTLED = 'SpecifiedLineTradeSettlement'
const UBL_VAT = 'PartyTaxScheme[TaxScheme/ID=VAT]/CompanyID'
const UBL_CATEGORY = 'TaxCategory[TaxScheme/ID=VAT]'
const CII_CATEGORY = 'CategoryTradeTax[TypeCode=VAT]'
const ALLOWANCE = '[ChargeIndicator=false|0]'
const CHARGE = '[ChargeIndicator=true|1]'
const CII_ALLOWANCE = 'SpecifiedTradeAllowanceCharge[ChargeIndicator/Indicator=false|0]'
const CII_CHARGE = 'SpecifiedTradeAllowanceCharge[ChargeIndicator/Indicator=true|1]'

export const TERMS = {
  'BT-1': ['Invoice number', 'ID', 'ExchangedDocument/ID'],
  'BT-2': ['Invoice issue date', 'IssueDate', 'ExchangedDocument/IssueDateTime/DateTimeString'],
  'BT-3': ['Invoice type code', 'InvoiceTypeCode|CreditNoteTypeCode', 'ExchangedDocument/TypeCode'],
  'BT-5': ['Invoice currency code', 'DocumentCurrencyCode', `${SETTLED}/InvoiceCurrencyCode`],
  'BT-6': ['VAT accounting currency code', 'TaxCurrencyCode', `${SETTLED}/TaxCurrencyCode`],
  'BT-7': ['VAT point date', 'TaxPointDate', `${SETTLED}/ApplicableTradeTax/TaxPointDate/DateString`],
  'BT-8': ['VAT point date code', 'InvoicePeriod/DescriptionCode', `${SETTLED}/ApplicableTradeTax/DueDateTypeCode`],
  'BT-9': ['Payment due date', 'DueDate', `${SETTLED}/SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString`],
  'BT-18': [
    'Invoiced object identifier',
    'AdditionalDocumentReference[DocumentTypeCode=130]/ID',
    `${AGREED}/AdditionalReferencedDocument[TypeCode=130]/IssuerAssignedID`,
  ],
  'BT-18-1': ['Scheme identifier of the invoiced object', '@schemeID', '@schemeID'],
  'BT-20': ['Payment terms', 'PaymentTerms/Note', `${SETTLED}/SpecifiedTradePaymentTerms/Description`],
  'BT-22': ['Invoice note', 'Note', 'ExchangedDocument/IncludedNote/Content'],
  'BT-24': [
    'Specification identifier',
    'CustomizationID',
    'ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter/ID',
  ],
  'BG-3': ['Preceding invoice reference', 'BillingReference', `${SETTLED}/InvoiceReferencedDocument`],
  'BT-25': ['Preceding invoice number', 'InvoiceDocumentReference/ID', 'IssuerAssignedID'],

  'BG-4': ['Seller', 'AccountingSupplierParty', `${AGREED}/SellerTradeParty`],
  'BT-27': ['Seller name', 'Party/PartyLegalEntity/RegistrationName', 'Name'],
  'BT-28': ['Seller trading name', 'Party/PartyName/Name', 'SpecifiedLegalOrganization/TradingBusinessName'],
  'BT-29': ['Seller identifier', 'Party/PartyIdentification/ID', 'ID|GlobalID'],
  'BT-30': [
    'Seller legal registration identifier',
    'Party/PartyLegalEntity/CompanyID',
    'SpecifiedLegalOrganization/ID',
  ],
  'BT-31': ['Seller VAT identifier', `Party/${UBL_VAT}`, 'SpecifiedTaxRegistration/ID[@schemeID=VA]'],
  'BT-32': [
    'Seller tax registration identifier',
    'Party/PartyTaxScheme[TaxScheme/ID!=VAT]/CompanyID',
    'SpecifiedTaxRegistration/ID[@schemeID=FC]',
  ],
  'BT-34': ['Seller electronic address', 'Party/EndpointID', 'URIUniversalCommunication/URIID'],
  'BT-34-1': ['Scheme identifier of the seller electronic address', '@schemeID', '@schemeID'],
  'BG-5': ['Seller postal address', 'Party/PostalAddress', 'PostalTradeAddress'],
  'BT-40': ['Seller country code', 'Country/IdentificationCode', 'CountryID'],

  'BG-7': ['Buyer', 'AccountingCustomerParty', `${AGREED}/BuyerTradeParty`],
  'BT-44': ['Buyer name', 'Party/PartyLegalEntity/RegistrationName', 'Name'],
  'BT-46': ['Buyer identifier', 'Party/PartyIdentification/ID', 'ID|GlobalID'],
  'BT-47': ['Buyer legal registration identifier', 'Party/PartyLegalEntity/CompanyID', 'SpecifiedLegalOrganization/ID'],
  'BT-48': ['Buyer VAT identifier', `Party/${UBL_VAT}`, 'SpecifiedTaxRegistration/ID[@schemeID=VA]'],
  'BT-49': ['Buyer electronic address', 'Party/EndpointID', 'URIUniversalCommunication/URIID'],
  'BT-49-1': ['Scheme identifier of the buyer electronic address', '@schemeID', '@schemeID'],
  'BG-8': ['Buyer postal address', 'Party/PostalAddress', 'PostalTradeAddress'],
  'BT-55': ['Buyer country code', 'Country/IdentificationCode', 'CountryID'],

  'BG-10': ['Payee', 'PayeeParty', `${SETTLED}/PayeeTradeParty`],
  'BT-59': ['Payee name', 'PartyName/Name', 'Name'],
  'BT-60': ['Payee identifier', 'PartyIdentification/ID', 'ID|GlobalID'],
  'BT-61': ['Payee legal registration identifier', 'PartyLegalEntity/CompanyID', 'SpecifiedLegalOrganization/ID'],
  'BG-11': ['Seller tax representative', 'TaxRepresentativeParty', `${AGREED}/SellerTaxRepresentativeTradeParty`],
  'BT-62': ['Seller tax representative name', 'PartyName/Name', 'Name'],
  'BT-63': ['Seller tax representative VAT identifier', UBL_VAT, 'SpecifiedTaxRegistration/ID[@schemeID=VA]'],
  'BG-12': ['Seller tax representative postal address', 'PostalAddress', 'PostalTradeAddress'],
  'BT-69': ['Tax representative country code', 'Country/IdentificationCode', 'CountryID'],

  'BG-13': ['Delivery information', 'Delivery', DELIVERED],
  'BT-71': ['Deliver to location identifier', 'DeliveryLocation/ID', 'ShipToTradeParty/ID|GlobalID'],
  'BT-72': [
    'Actual delivery date',
    'ActualDeliveryDate',
    'ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString',
  ],
  'BG-15': ['Deliver to address', 'DeliveryLocation/Address', 'ShipToTradeParty/PostalTradeAddress'],
  'BT-80': ['Deliver to country code', 'Country/IdentificationCode', 'CountryID'],
  'BG-14': ['Invoicing period', 'InvoicePeriod', `${SETTLED}/BillingSpecifiedPeriod`],
  'BT-73': ['Invoicing period start date', 'StartDate', 'StartDateTime/DateTimeString'],
  'BT-74': ['Invoicing period end date', 'EndDate', 'EndDateTime/DateTimeString'],

  'BG-16': ['Payment instructions', 'PaymentMeans', `${SETTLED}/SpecifiedTradeSettlementPaymentMeans`],
  'BT-81': ['Payment means type code', 'PaymentMeansCode', 'TypeCode'],
  'BG-17': ['Credit transfer', 'PayeeFinancialAccount', 'PayeePartyCreditorFinancialAccount'],
  'BT-84': ['Payment account identifier', 'ID', 'IBANID|ProprietaryID'],
  'BG-18': ['Payment card information', 'CardAccount', 'ApplicableTradeSettlementFinancialCard'],
  'BT-87': ['Payment card primary account number', 'PrimaryAccountNumberID', 'ID'],
  'BG-19': ['Direct debit', 'PaymentMandate', 'PayerPartyDebtorFinancialAccount'],

  'BG-20': ['Document level allowance', `AllowanceCharge${ALLOWANCE}`, `${SETTLED}/${CII_ALLOWANCE}`],
  'BT-92': ['Document level allowance amount', 'Amount', 'ActualAmount'],
  'BT-93': ['Document level allowance base amount', 'BaseAmount', 'BasisAmount'],
  'BT-95': ['Document level allowance VAT category code', `${UBL_CATEGORY}/ID`, `${CII_CATEGORY}/CategoryCode`],
  'BT-96': ['Document level allowance VAT rate', 'TaxCategory/Percent', 'CategoryTradeTax/RateApplicablePercent'],
  'BT-97': ['Document level allowance reason', 'AllowanceChargeReason', 'Reason'],
  'BT-98': ['Document level allowance reason code', 'AllowanceChargeReasonCode', 'ReasonCode'],
  'BG-21': ['Document level charge', `AllowanceCharge${CHARGE}`, `${SETTLED}/${CII_CHARGE}`],
  'BT-99': ['Document level charge amount', 'Amount', 'ActualAmount'],
  'BT-100': ['Document level charge base amount', 'BaseAmount', 'BasisAmount'],
  'BT-102': ['Document level charge VAT category code', `${UBL_CATEGORY}/ID`, `${CII_CATEGORY}/CategoryCode`],
  'BT-103': ['Document level charge VAT rate', 'TaxCategory/Percent', 'CategoryTradeTax/RateApplicablePercent'],
  'BT-104': ['Document level charge reason', 'AllowanceChargeReason', 'Reason'],
  'BT-105': ['Document level charge reason code', 'AllowanceChargeReasonCode', 'ReasonCode'],

  'BG-22': ['Document totals', 'LegalMonetaryTotal', `${SETTLED}/SpecifiedTradeSettlementHeaderMonetarySummation`],
  'BT-106': ['Sum of invoice line net amounts', 'LineExtensionAmount', 'LineTotalAmount'],
  'BT-107': ['Sum of allowances on document level', 'AllowanceTotalAmount', 'AllowanceTotalAmount'],
  'BT-108': ['Sum of charges on document level', 'ChargeTotalAmount', 'ChargeTotalAmount'],
  'BT-109': ['Invoice total amount without VAT', 'TaxExclusiveAmount', 'TaxBasisTotalAmount'],
  'BT-112': ['Invoice total amount with VAT', 'TaxInclusiveAmount', 'GrandTotalAmount'],
  'BT-113': ['Paid amount', 'PrepaidAmount', 'TotalPrepaidAmount'],
  'BT-114': ['Rounding amount', 'PayableRoundingAmount', 'RoundingAmount'],
  'BT-115': ['Amount due for payment', 'PayableAmount', 'DuePayableAmount'],
  /** With BT-111, which differs by its currency only. */
  'BT-110': [
    'Invoice total VAT amount',
    'TaxTotal/TaxAmount',
    `${SETTLED}/SpecifiedTradeSettlementHeaderMonetarySummation/TaxTotalAmount`,
  ],
  'BG-23': ['VAT breakdown', 'TaxTotal/TaxSubtotal', `${SETTLED}/ApplicableTradeTax`],
  'BT-116': ['VAT category taxable amount', 'TaxableAmount', 'BasisAmount'],
  'BT-117': ['VAT category tax amount', 'TaxAmount', 'CalculatedAmount'],
  'BT-118': ['VAT category code', `${UBL_CATEGORY}/ID`, 'CategoryCode'],
  'BT-119': ['VAT category rate', `${UBL_CATEGORY}/Percent`, 'RateApplicablePercent'],
  'BT-120': ['VAT exemption reason text', 'TaxCategory/TaxExemptionReason', 'ExemptionReason'],
  'BT-121': ['VAT exemption reason code', 'TaxCategory/TaxExemptionReasonCode', 'ExemptionReasonCode'],
  'BG-24': [
    'Additional supporting document',
    'AdditionalDocumentReference',
    `${AGREED}/AdditionalReferencedDocument[TypeCode=916]`,
  ],
  'BT-122': ['Supporting document reference', 'ID', 'IssuerAssignedID'],
  'BT-125': ['Attached document', 'Attachment/EmbeddedDocumentBinaryObject', 'AttachmentBinaryObject'],

  'BG-25': ['Invoice line', 'InvoiceLine|CreditNoteLine', `${TRADE}/IncludedSupplyChainTradeLineItem`],
  'BT-126': ['Invoice line identifier', 'ID', 'AssociatedDocumentLineDocument/LineID'],
  'BT-128': [
    'Invoice line object identifier',
    'DocumentReference[DocumentTypeCode=130]/ID',
    `${LINE_SETTLED}/AdditionalReferencedDocument[TypeCode=130]/IssuerAssignedID`,
  ],
  'BT-129': ['Invoiced quantity', 'InvoicedQuantity|CreditedQuantity', 'SpecifiedLineTradeDelivery/BilledQuantity'],
  'BT-130': [
    'Invoiced quantity unit of measure code',
    'InvoicedQuantity|CreditedQuantity/@unitCode',
    'SpecifiedLineTradeDelivery/BilledQuantity/@unitCode',
  ],
  'BT-131': [
    'Invoice line net amount',
    'LineExtensionAmount',
    `${LINE_SETTLED}/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount`,
  ],
  'BG-26': ['Invoice line period', 'InvoicePeriod', `${LINE_SETTLED}/BillingSpecifiedPeriod`],
  'BT-134': ['Invoice line period start date', 'StartDate', 'StartDateTime/DateTimeString'],
  'BT-135': ['Invoice line period end date', 'EndDate', 'EndDateTime/DateTimeString'],
  'BG-27': ['Invoice line allowance', `AllowanceCharge${ALLOWANCE}`, `${LINE_SETTLED}/${CII_ALLOWANCE}`],
  'BT-136': ['Invoice line allowance amount', 'Amount', 'ActualAmount'],
  'BT-137': ['Invoice line allowance base amount', 'BaseAmount', 'BasisAmount'],
  'BT-139': ['Invoice line allowance reason', 'AllowanceChargeReason', 'Reason'],
  'BT-140': ['Invoice line allowance reason code', 'AllowanceChargeReasonCode', 'ReasonCode'],
  'BG-28': ['Invoice line charge', `AllowanceCharge${CHARGE}`, `${LINE_SETTLED}/${CII_CHARGE}`],
  'BT-141': ['Invoice line charge amount', 'Amount', 'ActualAmount'],
  'BT-142': ['Invoice line charge base amount', 'BaseAmount', 'BasisAmount'],
  'BT-144': ['Invoice line charge reason', 'AllowanceChargeReason', 'Reason'],
  'BT-145': ['Invoice line charge reason code', 'AllowanceChargeReasonCode', 'ReasonCode'],
  'BT-146': [
    'Item net price',
    'Price/PriceAmount',
    'SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount',
  ],
  'BT-148': [
    'Item gross price',
    'Price/AllowanceCharge/BaseAmount',
    'SpecifiedLineTradeAgreement/GrossPriceProductTradePrice/ChargeAmount',
  ],
  'BT-150': [
    'Item price base quantity unit of measure code',
    'Price/BaseQuantity/@unitCode',
    'SpecifiedLineTradeAgreement/NetPriceProductTradePrice/BasisQuantity/@unitCode',
  ],
  'BT-151': [
    'Invoiced item VAT category code',
    'Item/ClassifiedTaxCategory[TaxScheme/ID=VAT]/ID',
    `${LINE_SETTLED}/ApplicableTradeTax[TypeCode=VAT]/CategoryCode`,
  ],
  'BT-152': [
    'Invoiced item VAT rate',
    'Item/ClassifiedTaxCategory/Percent',
    `${LINE_SETTLED}/ApplicableTradeTax/RateApplicablePercent`,
  ],
  'BT-153': ['Item name', 'Item/Name', 'SpecifiedTradeProduct/Name'],
  'BT-157': ['Item standard identifier', 'Item/StandardItemIdentification/ID', 'SpecifiedTradeProduct/GlobalID'],
  'BT-157-1': ['Scheme identifier of the item standard identifier', '@schemeID', '@schemeID'],
  'BT-158': [
    'Item classification identifier',
    'Item/CommodityClassification/ItemClassificationCode',
    'SpecifiedTradeProduct/DesignatedProductClassification/ClassCode',
  ],
  'BT-158-1': ['Scheme identifier of the item classification', '@listID', '@listID'],
  'BT-159': [
    'Item country of origin',
    'Item/OriginCountry/IdentificationCode',
    'SpecifiedTradeProduct/OriginTradeCountry/ID',
  ],
  'BG-32': ['Item attribute', 'Item/AdditionalItemProperty', 'SpecifiedTradeProduct/ApplicableProductCharacteristic'],
  'BT-160': ['Item attribute name', 'Name', 'Description'],
  'BT-161': ['Item attribute value', 'Value', 'Value'],
} as const satisfies Record<string, Row>

export type Term = keyof typeof TERMS
