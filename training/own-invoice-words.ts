/** Words of invoices in three languages, and invented firms, streets and goods, for the invoices composed here. */
export type Language = {
  title: string[]
  number: string[]
  date: string[]
  due: string[]
  buyer: string[]
  seller: string[]
  ship: string[]
  vat: string[]
  head: string[]
  net: string[]
  tax: string[]
  gross: string[]
  payable: string[]
  other: [string, string][]
  decimals: ',' | '.'
}

export const LANGUAGES: Language[] = [
  {
    title: ['Invoice', 'INVOICE', 'Tax Invoice', 'Credit Note'],
    number: ['Invoice No.', 'Invoice number:', 'Invoice #', 'No.', 'Credit note no.'],
    date: ['Invoice date', 'Date', 'Date of issue:', 'Issued'],
    due: ['Due date', 'Payment due', 'Please pay by', 'Due on'],
    buyer: ['Bill to', 'Sold to', 'Customer', 'Invoice to:'],
    seller: ['From', 'Seller', 'Supplier'],
    ship: ['Ship to', 'Delivery address'],
    vat: ['VAT No.', 'VAT ID:', 'VAT Reg No', 'Tax ID'],
    head: ['Description', 'Qty', 'Unit price', 'Amount'],
    net: ['Subtotal', 'Net total', 'Total excl. VAT', 'Net amount'],
    tax: ['VAT 20%', 'VAT', 'Tax', 'Total VAT'],
    gross: ['Total', 'Grand total', 'Total incl. VAT', 'Invoice total', 'Total amount'],
    payable: ['Amount due', 'Balance due', 'Total due', 'Please pay'],
    other: [
      ['Customer no.', '40211'],
      ['PO number', 'PO-5512'],
      ['Delivery date', '03/02/2025'],
      ['Phone', '+00 555 0100'],
    ],
    decimals: '.',
  },
  {
    title: ['Rechnung', 'RECHNUNG', 'Gutschrift', 'Warenrechnung'],
    number: ['Rechnungsnummer', 'Rechnungs-Nr.:', 'Rechnung Nr.', 'Beleg-Nr.'],
    date: ['Rechnungsdatum', 'Datum', 'Beleg-Datum:', 'vom'],
    due: ['Fällig am', 'Zahlbar bis', 'Fälligkeit', 'Zahlungsziel'],
    buyer: ['Rechnungsempfänger', 'Kunde', 'Käufer:', 'Rechnung an'],
    seller: ['Verkäufer', 'Lieferant', 'Rechnungssteller'],
    ship: ['Lieferadresse', 'Warenempfänger'],
    vat: ['USt-IdNr.', 'USt.-Id.-Nr.:', 'Umsatzsteuer-ID'],
    head: ['Bezeichnung', 'Menge', 'Einzelpreis', 'Gesamtpreis'],
    net: ['Nettobetrag', 'Summe netto', 'Zwischensumme', 'Rechnungssumme ohne USt.'],
    tax: ['MwSt. 19 %', 'Umsatzsteuer', 'USt. gesamt', 'Steuerbetrag'],
    gross: ['Gesamtbetrag', 'Rechnungsbetrag', 'Bruttosumme', 'Endbetrag'],
    payable: ['Zahlbetrag', 'Zu zahlen', 'Offener Betrag'],
    other: [
      ['Kundennummer', '40211'],
      ['Bestellung', 'B-5512'],
      ['Lieferdatum', '03.02.2025'],
      ['Telefon', '+49 30 000000'],
    ],
    decimals: ',',
  },
  {
    title: ['Facture', 'FACTURE', 'Avoir'],
    number: ['Facture n°', 'N° de facture :', 'Numéro de facture'],
    date: ['Date de facture', 'Date', "Date d'émission :"],
    due: ["Date d'échéance", 'Échéance', 'À payer avant le'],
    buyer: ['Adresse de facturation', 'Client', 'Facturé à'],
    seller: ['Vendeur', 'Fournisseur', 'Émetteur'],
    ship: ['Adresse de livraison', 'Livré à'],
    vat: ['N° TVA', 'TVA :', 'TVA intracommunautaire'],
    head: ['Désignation', 'Quantité', 'Prix unitaire', 'Montant'],
    net: ['Total HT', 'Montant HT', 'Sous-total HT'],
    tax: ['TVA 20 %', 'Total TVA', 'Total taxes'],
    gross: ['Total TTC', 'Montant TTC', 'Total'],
    payable: ['Net à payer', 'Reste à payer', 'Solde'],
    other: [
      ['N° client', '40211'],
      ['Commande', 'C-5512'],
      ['Date de livraison', '03/02/2025'],
      ['SIRET', '00000000000000'],
    ],
    decimals: ',',
  },
]

export const FIRMS = [
  'Nordlicht Werkzeuge GmbH',
  'Blue Heron Supplies Ltd',
  'Atelier Bois-Clair SARL',
  'Example Robotics Inc.',
  'Muster Elektronik AG',
  'Quillfeather & Sons',
  'Papeterie du Lac',
  'Granite Bay Foods LLC',
  'Fictive Components B.V.',
  'Orchard Lane Trading',
  'Stadtwerke Beispielheim',
  'Maison Imaginaire SAS',
  'Harbour Light Consulting',
  'Kupferkessel KG',
  'Willow Creek Dairy',
  'Hôtel du Port Vieux',
  'Ma petite épicerie',
  'Zum Goldenen Beispiel',
  'Casa Inventada',
]
/** People to whom a firm's letters are addressed. */
export const PERSONS = [
  'Erika Beispiel',
  'Jean Modèle',
  'Ann Placeholder',
  'Attn: Ann Placeholder',
  'z. Hd. Erika Beispiel',
  'Luis Ejemplo',
  'Camille Fictif',
  'Hans Probe',
]
export const STREETS = [
  '12 Mill Road',
  'Hauptweg 4',
  '8 rue des Lilas',
  '77 Sample Street',
  'Am Beispiel 3',
  'Musterstraße 20',
  '42 avenue du Modèle',
  '3 chemin des Saules',
]
export const TOWNS = [
  '99998 Musterort',
  '00100 Villefictive',
  'Fernhill FX1 2YZ',
  'DE 99996 Beispielheim',
  'Springdale, CA 90000',
]
export const GOODS = [
  'Desk lamp brass',
  'Screw set',
  'Copy paper',
  'Consulting on site',
  'Hosting fee',
  'Kabelbinder',
  'Ordner breit',
  'Café en grains',
  'Chaise pliante',
  'Sensor module',
  'Training day',
]
