import type { CatalogItem } from '@stageline/domain'
import { dutchCheckDigit, frenchVatKey, luhnCheckDigit, mod1110CheckDigit, mod97Complement } from './check-digits.ts'

type Country = { code: string; currency: string; city: string; vatId: (index: number) => string; names: string[] }

/** Eight digits that differ in more than the last one from vendor to vendor. */
const eight = (index: number) => String(70_000_000 + index * 1_234_577).slice(0, 8)

const COUNTRIES: Country[] = [
  {
    code: 'DE',
    currency: 'EUR',
    city: 'Musterweg {n}, 99998 Musterstadt',
    vatId: (index) => `DE${eight(index)}${mod1110CheckDigit(eight(index))}`,
    names: [
      'Muster Büromöbel GmbH',
      'Muster Büromöbel AG',
      'Beispiel Papierhaus GmbH',
      'Fiktiva Werkzeugbau GmbH',
      'Exempla Kabeltechnik GmbH',
      'Platzhalter Elektronik KG',
      'Nirgendwo Logistik GmbH',
      'Phantasia Druckerei GmbH',
      'Probewald Holzhandel GmbH',
      'Mustermann & Beispiel Reinigung GmbH',
      'Testberg Maschinenbau AG',
      'Irgendwas Kaffeerösterei GmbH',
    ],
  },
  {
    code: 'FR',
    currency: 'EUR',
    city: "{n} rue de l'Exemple, 99999 Villefictive",
    vatId: (index) => {
      const siren = `${eight(index)}${luhnCheckDigit(eight(index))}`
      return `FR${frenchVatKey(siren)}${siren}`
    },
    names: [
      'Exemple Fournitures SARL',
      'Papeterie Imaginaire SAS',
      'Fictif Électronique SA',
      'Modèle Mobilier SARL',
      'Atelier Inventé SARL',
      'Chimère Transports SAS',
      'Boulangerie du Spécimen SARL',
      'Quelconque Conseil SAS',
      'Échantillon Textile SA',
    ],
  },
  {
    code: 'IT',
    currency: 'EUR',
    city: 'Via Esempio {n}, 99999 Cittafinta',
    vatId: (index) => {
      const base = `${eight(index).slice(0, 7)}001`
      return `IT${base}${luhnCheckDigit(base)}`
    },
    names: [
      'Esempio Ceramiche SRL',
      'Fantasia Macchine SPA',
      'Campione Forniture SRL',
      'Immaginaria Luci SRL',
      'Finzione Meccanica SPA',
    ],
  },
  {
    code: 'BE',
    currency: 'EUR',
    city: 'Voorbeeldstraat {n}, 9999 Nergenshuizen',
    vatId: (index) => `BE0${eight(index).slice(0, 7)}${mod97Complement(`0${eight(index).slice(0, 7)}`)}`,
    names: ['Voorbeeld Drukwerk NV', 'Verzonnen Verlichting NV', 'Denkbeeldig Staal NV', 'Proefstuk Meubelen NV'],
  },
  {
    code: 'NL',
    currency: 'EUR',
    city: 'Fictieplein {n}, 9999 XX Nergensdam',
    vatId: (index) => {
      const fitting = Array.from({ length: 10 }, (_, step) => String(Number(eight(index)) + step)).find(
        (digits) => dutchCheckDigit(digits) !== undefined,
      )!
      return `NL${fitting}${dutchCheckDigit(fitting)}B01`
    },
    names: [
      'Fictie Kantoor BV',
      'Bedacht Gereedschap BV',
      'Schijnbaar Elektro BV',
      'Sjabloon Software BV',
      'Dummy Zuivel BV',
    ],
  },
  {
    code: 'GB',
    currency: 'GBP',
    city: '{n} Example Street, Nowhereton ZZ9 9ZZ',
    vatId: (index) => {
      const seven = eight(index).slice(0, 7)
      const sum = Array.from(seven, Number).reduce((total, digit, place) => total + digit * (8 - place), 0)
      return `GB${seven}${String(97 - (sum % 97)).padStart(2, '0')}`
    },
    names: [
      'Sample Stationery Ltd',
      'Placeholder Components Ltd',
      'Imaginary Instruments PLC',
      'Fictional Fasteners Ltd',
      'Madeup Coffee Roasters Ltd',
      'Specimen Cleaning Services Ltd',
      'Nonesuch Office Supplies Ltd',
      'Pretend Plumbing Merchants Ltd',
    ],
  },
  {
    code: 'US',
    currency: 'USD',
    city: '{n} Example Avenue, Faketown, ZZ 00000',
    vatId: (index) => `US-${eight(index).slice(0, 2)}-${eight(index).slice(1, 8)}`,
    names: [
      'Acme Sample Hardware Inc',
      'Fakeville Diner LLC',
      'Mockup Electronics Corp',
      'Dummy Data Bakery LLC',
      'Notreal Garden Center Inc',
      'Hypothetical Freight Corp',
      'Testcase Print Shop LLC',
    ],
  },
]

/** Fifty made-up vendors. The key is the VAT id (for the United States a made-up number in the form of a tax id). */
export function vendors(): CatalogItem[] {
  const all = COUNTRIES.flatMap((country) => country.names.map((name) => ({ country, name })))
  return all.map(({ country, name }, index) => ({
    kind: 'vendor',
    key: country.vatId(index),
    name,
    attributes: {
      country: country.code,
      currency: country.currency,
      address: country.city.replace('{n}', String(3 + index * 2)),
    },
  }))
}
