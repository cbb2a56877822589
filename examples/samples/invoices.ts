import { vendorNamed } from './invoice.ts'
import type { Invoice, InvoiceLine } from './invoice.ts'

const line = (description: string, quantity: number, unitPrice: number): InvoiceLine => ({
  description,
  quantity,
  unitPrice,
})

const buyer = (name: string, address: string, country: string) => ({ name, address, country, vatId: '' })

export const OFFICE: Invoice = {
  number: 'SST-20417',
  issueDate: '2026-11-03',
  dueDate: '2026-12-03',
  seller: vendorNamed('Sample Stationery Ltd'),
  buyer: buyer('Placeholder Homes Ltd', '8 Invented Lane, Nowhereton ZZ8 8ZZ', 'GB'),
  currency: 'GBP',
  taxPercent: 20,
  lines: [
    line('Copier paper A4, box of 5 reams', 12, 1895),
    line('Lever arch file, grey', 40, 249),
    line('Gel pen blue, pack of 12', 6, 1140),
    line('Desk lamp, adjustable', 2, 3450),
  ],
}

/** The same number again, sent with another date. */
export const OFFICE_AGAIN: Invoice = { ...OFFICE, issueDate: '2026-11-10', dueDate: '2026-12-10' }

export const ONE_CENT: Invoice = {
  ...OFFICE,
  number: 'SST-20431',
  issueDate: '2026-11-09',
  dueDate: '2026-12-09',
  lines: [line('Whiteboard 120 x 90 cm', 3, 5999), line('Marker set, 8 colours', 10, 875)],
  planted: 1,
}

/** Prints a tax number only: the VAT id comes from the catalogue. */
export const FURNITURE: Invoice = {
  number: '2026-1187',
  issueDate: '2026-11-05',
  dueDate: '2026-11-19',
  seller: vendorNamed('Muster Büromöbel GmbH'),
  buyer: buyer('Beispielkunde Hausverwaltung GmbH', 'Platzhalterallee 12, 99997 Beispielhausen', 'DE'),
  currency: 'EUR',
  taxPercent: 19,
  lines: [
    line('Schreibtisch 160 x 80 cm, Buche', 4, 38900),
    line('Bürostuhl mit Armlehnen', 4, 21950),
    line('Rollcontainer, abschließbar', 2, 14900),
    line('Lieferung und Aufbau', 1, 18000),
  ],
}

export const CABLES: Invoice = {
  number: 'RE-88213',
  issueDate: '2026-10-28',
  dueDate: '2026-11-27',
  seller: vendorNamed('Exempla Kabeltechnik GmbH'),
  buyer: buyer('Testberg Maschinenbau AG', 'Musterring 4, 99996 Testberg', 'DE'),
  currency: 'EUR',
  taxPercent: 19,
  lines: [
    'Steuerleitung 4 x 0,75 mm²|250|129',
    'Steuerleitung 7 x 1,0 mm²|200|214',
    'Installationsleitung 3 x 1,5 mm²|500|88',
    'Installationsleitung 5 x 2,5 mm²|300|196',
    'Kabelkanal 40 x 60 mm|80|435',
    'Kabelkanal 60 x 90 mm|40|690',
    'Kabelverschraubung M16|400|62',
    'Kabelverschraubung M20|400|74',
    'Aderendhülsen Sortiment|12|1980',
    'Reihenklemme 2,5 mm²|600|95',
    'Reihenklemme 4 mm²|300|118',
    'Tragschiene 35 mm, 2 m|50|540',
    'Schaltschrankleuchte LED|10|4290',
    'Kabelbinder 200 mm, 100 Stück|60|310',
    'Schrumpfschlauch Sortiment|15|1675',
    'Patchkabel Cat 6, 1 m|120|215',
    'Patchkabel Cat 6, 3 m|120|329',
    'Patchfeld 24 Ports|4|8950',
    'Netzwerkschrank 12 HE|2|23900',
    'Beschriftungsband 12 mm|30|1190',
    'Überspannungsschutz Typ 2|6|7490',
    'Leitungsschutzschalter B16|90|385',
    'FI-Schutzschalter 40 A|15|3890',
    'Verteiler 3-reihig|5|6650',
    'Prüfgerät Durchgang|3|5480',
    'Mantelschneider|8|2245',
  ].map((text) => {
    const [description = '', quantity, unitPrice] = text.split('|')
    return line(description, Number(quantity), Number(unitPrice))
  }),
}

export const SUPPLIES_FR: Invoice = {
  number: 'F-2026-0342',
  issueDate: '2026-11-04',
  dueDate: '2026-12-04',
  seller: vendorNamed('Exemple Fournitures SARL'),
  buyer: buyer('Quelconque Conseil SAS', '14 avenue du Modèle, 99998 Villefictive', 'FR'),
  currency: 'EUR',
  taxPercent: 20,
  lines: [
    line('Ramettes de papier A4 80 g', 30, 495),
    line('Classeurs à levier, bleu', 25, 360),
    line('Chaise de bureau réglable', 3, 15900),
    line("Cartouches d'encre noire", 8, 2790),
  ],
}

export const HARDWARE_US: Invoice = {
  number: '10478',
  issueDate: '2026-11-12',
  dueDate: '2026-12-12',
  seller: vendorNamed('Acme Sample Hardware Inc'),
  buyer: buyer('Hypothetical Freight Corp', '500 Nowhere Road, Faketown, ZZ 00001', 'US'),
  currency: 'USD',
  taxPercent: 8,
  lines: [
    line('Steel shelving unit, 5 tiers', 6, 12999),
    line('Hand truck, 600 lb', 2, 8950),
    line('Work gloves, large (pair)', 24, 699),
    line('Packing tape, case of 36', 3, 5400),
  ],
}

export const SCANNED: Invoice = {
  number: 'IMG-5512',
  issueDate: '2026-10-19',
  dueDate: '2026-11-18',
  seller: vendorNamed('Fictional Fasteners Ltd'),
  buyer: buyer('Imaginary Instruments PLC', '21 Pretend Road, Nowhereton ZZ7 7ZZ', 'GB'),
  currency: 'GBP',
  taxPercent: 20,
  lines: [
    line('Hex bolts M8 x 40, box of 200', 15, 1875),
    line('Washers M8, box of 500', 10, 950),
    line('Threaded rod M10, 1 m', 60, 320),
  ],
}

export const FACTUR_X: Invoice = {
  number: 'PX-2026-77',
  issueDate: '2026-11-06',
  dueDate: '2026-11-20',
  seller: vendorNamed('Phantasia Druckerei GmbH'),
  buyer: buyer('Fiktiva Werkzeugbau GmbH', 'Beispielstraße 31, 99995 Fiktivingen', 'DE'),
  currency: 'EUR',
  taxPercent: 7,
  lines: [line('Katalog 2027, 64 Seiten', 500, 285), line('Flyer DIN lang, vierfarbig', 2000, 9)],
}

export const UBL: Invoice = {
  number: 'SJ-26-00913',
  issueDate: '2026-11-01',
  dueDate: '2026-12-01',
  seller: vendorNamed('Sjabloon Software BV'),
  buyer: buyer('Fictie Kantoor BV', 'Voorbeeldkade 2, 9998 XX Nergensdam', 'NL'),
  currency: 'EUR',
  taxPercent: 21,
  lines: [line('Licence, yearly, per seat', 35, 4800), line('Onboarding, per day', 2, 89000)],
}

/** Carries national numbers only: the VAT id comes from the catalogue. */
export const CII: Invoice = {
  number: 'NL-4456',
  issueDate: '2026-11-11',
  dueDate: '2026-12-11',
  seller: {
    ...vendorNamed('Nirgendwo Logistik GmbH'),
    vatId: '',
    nationalIds: { legal: 'HRB 999990', tax: '999/999/99990' },
  },
  buyer: buyer('Beispiel Papierhaus GmbH', 'Musterweg 88, 99998 Musterstadt', 'DE'),
  currency: 'EUR',
  taxPercent: 19,
  lines: [
    line('Palettenversand national', 18, 7450),
    line('Zuschlag Terminzustellung', 5, 2600),
    line('Lagerung je Palette und Woche', 44, 310),
  ],
}

export const CREDIT_NOTE: Invoice = {
  number: 'CN-26-0041',
  issueDate: '2026-11-13',
  dueDate: '2026-12-13',
  seller: vendorNamed('Sjabloon Software BV'),
  buyer: UBL.buyer,
  currency: 'EUR',
  taxPercent: 21,
  lines: [line('Licence, yearly, per seat: 5 seats returned', 5, 4800)],
}

/** Dated in the future and to be paid by the seller. */
export const IMPOSSIBLE: Invoice = {
  ...UBL,
  number: 'SJ-91-00001',
  issueDate: '2091-03-04',
  dueDate: '2091-04-03',
  lines: [line('Licence, yearly, per seat', -10, 4800)],
}
