import type { DocumentKind } from '@stageline/domain'

/** What senders call the fields of a record, folded to letters and digits, and what we call them. */
const NAMES: Record<string, string> = {
  ...names(
    'mpn',
    'mpn partnumber partno part mfrpart mfrpartnumber mfrpartno mfgpart mfgpartnumber manufacturerpartnumber manufacturerpartno teilenummer herstellernummer',
  ),
  ...names('manufacturer', 'manufacturer mfr mfg maker vendor hersteller fabricant'),
  ...names('description', 'description desc beschreibung bezeichnung designation shortdescription'),
  ...names('category', 'category kategorie categorie productcategory'),
  ...names('package', 'package packagecase case footprint bauform gehause boitier'),
  ...names('value', 'value resistance capacitance inductance wert valeur'),
  ...names('tolerance', 'tolerance toleranz'),
  ...names('voltage', 'voltage voltagerated ratedvoltage spannung tension'),
  ...names('pins', 'pins pincount numberofpins positions anzahlpins'),
  ...names('name', 'name title productname product produkt produit artikel'),
  ...names('brand', 'brand marke marque'),
  ...names('price', 'price unitprice listprice preis prix'),
  ...names('currency', 'currency pricecurrency waehrung wahrung devise'),
  ...names('sku', 'sku itemno itemnumber artikelnummer articleno productid asin'),
  ...names('gtin', 'gtin gtin13 gtin12 gtin8 gtin14 ean ean13 upc barcode isbn'),
  ...names('availability', 'availability stock instock verfugbarkeit disponibilite'),
  ...names('invoice_number', 'invoicenumber invoiceno rechnungsnummer'),
  ...names('issue_date', 'issuedate invoicedate rechnungsdatum'),
  ...names('due_date', 'duedate'),
  ...names('seller_name', 'sellername seller supplier'),
  ...names('seller_vat_id', 'sellervatid vatid'),
  ...names('buyer_name', 'buyername buyer customer'),
  ...names('net_total', 'nettotal netamount'),
  ...names('tax_total', 'taxtotal taxamount vatamount'),
  ...names('gross_total', 'grosstotal grossamount'),
  ...names('due_amount', 'dueamount amountdue'),
  ...names('total', 'total'),
  ...names('date', 'date datum'),
  ...names('company', 'company shop store'),
  ...names('address', 'address adresse'),
}

/** Kinds that use another word for the same thing. */
const BY_KIND: Partial<Record<DocumentKind, Record<string, string>>> = {
  part_record: { name: 'description' },
  product_record: { manufacturer: 'brand' },
}

/** The field that a key of a record or the heading of a column stands for; undefined where it is none of ours. */
export function fieldOfKey(key: string, kind: DocumentKind): string | undefined {
  const folded = key
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z\d]/g, '')
  const name = NAMES[folded]
  return name && (BY_KIND[kind]?.[name] ?? name)
}

function names(field: string, keys: string): Record<string, string> {
  return Object.fromEntries(keys.split(' ').map((key) => [key, field]))
}
