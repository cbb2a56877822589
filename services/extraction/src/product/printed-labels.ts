import type { DocumentModel, Field } from '@stageline/domain'

/** Words that shops print before a property of what they sell; several languages. */
export const LABELS = {
  brand:
    /^(?:brand(?: name)?|marke|marque|marca|merk|značka|znamka|varemærke|märke|kaubamärk|make|(?:make\/)?manufacturer|hersteller|fabricante?|fabrikant|produc[aă]tor|výrobc[ae]|proizvajalec|proizvođač|producent|valmistaja|tootja|brand\/manufacturer|fabricante\/marca|品牌|ブランド|メーカー|브랜드|бренд|производитель|العلامة التجارية|الماركة)$/iu,
  mpn: /^(?:mpn|(?:item )?model (?:number|no\.?)|model(?:lo|l)?|modelo|mudel|model name\/number|manufacturer(?:'s)? part (?:number|no\.?)|part number|herstellernummer|modellnummer|numéro (?:de |du )?(?:modèle|pièce)(?: de l'article| du fabricant)?|numero (?:di |del )?modello(?: articolo)?|número de modelo(?: del producto)?|référence (?:fabricant|constructeur)|part no\.?|artikelnummer des herstellers|produktov[eé] číslo|kód výrobc[ue]|výrobné číslo|modellbezeichnung|型號|型番|модель)$/iu,
  gtin: /^(?:gtin(?:-?1?\d)?|ean(?:-?1?\d)?(?:[- ]code)?|upc|barcode|código de barras|isbn(?:-?1\d)?|ean)$/iu,
} as const

/** The value behind a label: in the next cell, on the same line after a colon or a wide gap, or alone on the next line. */
export function printedAfter(model: DocumentModel, label: RegExp): Field | undefined {
  for (const { name, value, page, text } of labelledValues(model))
    if (label.test(name) && value !== '' && value.length <= MOST_VALUE)
      return { value, confidence: 0.75, source: { method: 'text', page, text: text.slice(0, 500) } }
  return undefined
}

type Labelled = { name: string; value: string; page: number; text: string }

function* labelledValues({ tables, pages }: DocumentModel): Generator<Labelled> {
  for (const { page, header, rows } of tables)
    for (const row of [header, ...rows])
      if (row.length === 2) yield { name: labelOf(row[0]), value: tidy(row[1]), page, text: row.join(' ') }
  for (const { number, lines } of pages)
    for (const [at, { text }] of lines.slice(0, MOST_LINES).entries()) {
      const [name, ...rest] = tidy(text).split(/\s*[:：]\s*|\s{2,}/)
      yield { name: labelOf(name), value: tidy(rest.join(' ')) || tidy(lines[at + 1]?.text), page: number, text }
    }
}

/** Without the invisible marks that turn the direction of writing, and without the stop that ends a sentence. */
const tidy = (text = ''): string =>
  text
    .replaceAll(/[\u200e\u200f\u202a-\u202e]/g, '')
    .replace(/^([^.]*)[.;,]$/, '$1')
    .trim()
const labelOf = (text?: string): string => tidy(text).replace(/\s*[:：]$/, '')

const MOST_LINES = 2500
const MOST_VALUE = 60
