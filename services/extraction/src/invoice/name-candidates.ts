import { findAmounts } from '../values/parse-amount.ts'
import { contextFeatures, sectionOf } from './cell-context.ts'
import type { Candidate } from './field-candidates.ts'
import { hasLabel, labelClasses } from './label-words.ts'
import { overlapAcross, type Cell } from './page-cells.ts'

const LEGAL_FORM =
  /(?<=\s)(gmbh|ag|kg|ohg|ug|e\.?k\.?|mbh|co\.?|ltd\.?|limited|llc|llp|inc\.?|corp\.?|plc|sarl|sas|sasu|sa|eurl|b\.?v\.?|n\.?v\.?|s\.?r\.?l\.?|s\.?p\.?a\.?|sdn\.?|bhd\.?)(?![\p{L}])/iu
const STREET =
  /stra(?:ß|ss)e|str\.|\bweg\b|platz|allee|gasse|\broad\b|street|avenue|\blane\b|\brue\b|chemin|boulevard|^\d+\s\p{L}|\p{L}\s\d{1,4}\s?[a-z]?$/iu

const BEGINS_WITH_HOUSE_NUMBER =
  /^\d{1,4}\s?[a-z]?,?\s+(?:\p{L}+\s)*(?:rue|avenue|av\.|boulevard|chemin|place|road|street|lane|allée)(?!\p{L})/iu
const ENDS_IN_HOUSE_NUMBER = /\p{L}\.?\s\d{1,4}\s?[a-z]?$/iu

/** Cells and parts of cells that may be the name of a firm or a person, in the order of the document. */
export function nameCandidates(lines: readonly Cell[][]): Candidate[] {
  const seen = new Map<string, number>()
  const cells = [...lines.slice(0, HEAD_LINES), ...lines.slice(HEAD_LINES).slice(-FOOT_LINES)].flat()
  for (const { text } of cells) for (const { name } of readings(text)) seen.set(name, (seen.get(name) ?? 0) + 1)
  return cells.flatMap((cell) =>
    readings(cell.text).flatMap(({ name, reading, before }) => {
      if (!isName(name)) return []
      const features = contextFeatures(lines, cell, before)
      for (const feature of nameFeatures(lines, cell, name)) features.set(feature, 1)
      features.set(`reading:${reading}`, 1)
      features.set(`seen:${Math.min(seen.get(name) ?? 1, 3)}`, 1)
      return [{ value: name, printed: name, cell, features }]
    }),
  )
}

const HEAD_LINES = 70
const FOOT_LINES = 15

/** The whole cell; what follows a label and a colon; the first part of a sender line; the same without its legal form. */
function readings(text: string): { name: string; reading: string; before: string }[] {
  const labelled = /^([^:]{2,30}):\s*(\S.*)$/.exec(text)
  const [first, ...rest] = text.split(/\s+[-–●•|·]\s+|,\s+(?=\S+.*\d{4})/)
  const parts = [
    { name: text.trim(), reading: 'whole', before: '' },
    ...(labelled ? [{ name: labelled[2]!.trim(), reading: 'labelled', before: labelled[1]! }] : []),
    ...(rest.length > 0 && first ? [{ name: first.trim(), reading: 'first', before: '' }] : []),
  ]
  const bare = parts.flatMap((part) => {
    const form = LEGAL_FORM.exec(part.name)
    const name = form ? part.name.slice(0, form.index).trim() : ''
    return name.length > 2 ? [{ ...part, name, reading: `${part.reading}-bare` }] : []
  })
  return [...parts, ...bare]
}

function isName(name: string): boolean {
  const letters = name.match(/\p{L}/gu)?.length ?? 0
  const digits = name.match(/\d/g)?.length ?? 0
  return (
    name.length >= 3 &&
    name.length <= 90 &&
    letters >= 3 &&
    digits <= letters / 3 &&
    !/[@:]|www\.|https?|^(?:[A-Z]{1,2}[- ])?\d{4,5}\s/i.test(name) &&
    (LEGAL_FORM.test(name) || !(ENDS_IN_HOUSE_NUMBER.test(name) || BEGINS_WITH_HOUSE_NUMBER.test(name))) &&
    findAmounts(name).length === 0
  )
}

function nameFeatures(lines: readonly Cell[][], cell: Cell, name: string): string[] {
  const below = lines[cell.line + 1]?.find((other) => overlapAcross(other, cell))?.text ?? ''
  const next = lines[cell.line + 2]?.find((other) => overlapAcross(other, cell))?.text ?? ''
  return [
    `legal:${LEGAL_FORM.exec(name)?.[0].toLowerCase() ?? 'none'}`,
    `hasLegal:${LEGAL_FORM.test(name)}`,
    `street:${STREET.test(name)}`,
    `belowStreet:${STREET.test(below) || STREET.test(next)}`,
    `postcode:${/\b\d{4,5}\b/.test(below) || /\b\d{4,5}\b/.test(next)}`,
    `words:${Math.min(name.split(/\s+/).length, 6)}`,
    `upper:${name === name.toUpperCase()}`,
    `section&legal:${sectionOf(lines, cell)}${LEGAL_FORM.test(name)}`,
    `word:${hasLabel(name, 'title') || /page|seite/i.test(name) ? 'document' : 'none'}`,
    ...labelClasses(name).map((label) => `own:${label}`),
  ]
}
