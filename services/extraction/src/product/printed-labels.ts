import type { DocumentModel, Field } from '@stageline/domain'

/** Words that shops print before a property of what they sell; several European languages. */
export const LABELS = {
  brand:
    /^(?:brand(?: name)?|marke|marque|marca|merk|značka|znamka|varemærke|manufacturer|hersteller|fabricante|fabricant|producator|brand\/manufacturer)$/iu,
  mpn: /^(?:mpn|(?:item )?model (?:number|no\.?)|model(?:lo)?|manufacturer(?:'s)? part (?:number|no\.?)|part number|herstellernummer|modellnummer|numéro (?:de )?(?:modèle|pièce)(?: du fabricant)?|numero (?:di )?modello(?: articolo)?|référence fabricant|part no\.?|artikelnummer des herstellers)$/iu,
  gtin: /^(?:gtin(?:-?1?\d)?|ean(?:-?1?\d)?(?:[- ]code)?|upc|barcode|código de barras|isbn(?:-?1\d)?|ean:?)$/iu,
} as const

/** The value behind a label: on the same line after a colon or a wide gap, or alone on the next line. */
export function printedAfter(model: DocumentModel, label: RegExp): Field | undefined {
  for (const { number, lines } of model.pages) {
    for (const [at, { text }] of lines.slice(0, MOST_LINES).entries()) {
      const [name = '', ...rest] = text.trim().split(/\s*[:：]\s*|\s{2,}/)
      if (!label.test(name.trim())) continue
      const value = rest.join(' ').trim() || (lines[at + 1]?.text.trim() ?? '')
      if (value && value.length <= 60)
        return { value, confidence: 0.75, source: { method: 'text', page: number, text: text.slice(0, 500) } }
    }
  }
  return undefined
}

const MOST_LINES = 2500
