import type { DocumentModel, Extraction, Field, Line } from '@stageline/domain'

/**
 * Reads title, part number and manufacturer of a data sheet, by rules over the head of its first page: there is no
 * public set of data sheets to learn from, so confidences stay modest.
 */
export function extractDatasheet(document: DocumentModel): Extraction {
  const [page] = document.pages
  const head = (page?.lines ?? []).filter(({ text }) => text.trim()).slice(0, 25)
  const mpn = findPart(head, document)
  const title = findTitle(head, String(mpn?.value ?? ''))
  const manufacturer = findMaker(head, document)
  return {
    fields: { ...(mpn ? { mpn } : {}), ...(manufacturer ? { manufacturer } : {}), ...(title ? { title } : {}) },
    lineItems: [],
  }
}

const PART = /(?<![\w-])(?=[A-Z\d-]*\d)(?=[A-Z\d-]*[A-Z])[A-Z\d][A-Z\d-]{3,19}(?![\w-])/g
const NO_PART =
  /^(?:REV|ISO|IEC|RS|I2C|SOT|SOIC|SOP|QFN|DIP|TO|SC|MIL|IPC|JEDEC|V\d|\d+(?:MHZ|KHZ|V|A|MA|BIT|K|M|PIN))[-\d]*/

/** The code that the document names most, those in its head and in its title counting more. */
function findPart(head: readonly Line[], { pages, metadata }: DocumentModel): Field | undefined {
  const scores = new Map<string, number>()
  const count = (text: string, weight: number): void => {
    for (const [code] of text.matchAll(PART))
      if (!NO_PART.test(code)) scores.set(code, (scores.get(code) ?? 0) + weight)
  }
  head.forEach(({ text }, index) => count(text, index < 6 ? 4 : 2))
  count(metadata['title'] ?? '', 5)
  pages.slice(0, 3).forEach(({ lines }) => lines.forEach(({ text }) => count(text, 0.25)))
  const [best, next] = [...scores].sort((a, b) => b[1] - a[1])
  const line = best && head.find(({ text }) => text.includes(best[0]))
  return (
    best && { value: best[0], confidence: best[1] > 2 * (next?.[1] ?? 0) ? 0.8 : 0.6, source: sourceOf(line, best[0]) }
  )
}

/** The line that names the part and says what it is, else the one below it. */
function findTitle(head: readonly Line[], part: string): Field | undefined {
  const at = head.findIndex(({ text }) => part !== '' && text.includes(part))
  const options = at < 0 ? head.slice(0, 1) : [head[at]!, ...head.slice(at + 1, at + 2)]
  const line = options.find(({ text }) => (text.replace(part, '').match(/\p{L}{3,}/gu) ?? []).length >= 2) ?? options[0]
  return (
    line && {
      value: line.text.trim().replace(/\s+/g, ' ').slice(0, 300),
      confidence: 0.65,
      source: sourceOf(line, line.text),
    }
  )
}

const FIRM =
  /\b(GmbH|AG|Inc\.?|Corp(?:oration|\.)?|Ltd\.?|LLC|B\.?V\.?|S\.?A\.?|Co\.|Semiconductors?|Microelectronics|Electronics|Instruments|Devices|Components|Technolog(?:y|ies))(?![\p{L}])/u

function findMaker(head: readonly Line[], { metadata, pages }: DocumentModel): Field | undefined {
  const lines = [...head, ...(pages[0]?.lines.slice(-6) ?? [])]
  const line = lines.find(({ text }) => text.length < 70 && FIRM.test(text))
  const name = line?.text
    .replace(/^(?:©|\(c\)|copyright)?\s*(?:\d{4}\s*)?(?:by\s+)?/i, '')
    .replace(/\s{2,}.*$/, '')
    .trim()
  if (line && name) return { value: name, confidence: 0.65, source: sourceOf(line, line.text) }
  const author = metadata['author']
  return author && FIRM.test(author)
    ? { value: author, confidence: 0.6, source: { method: 'text', path: 'author' } }
    : undefined
}

const sourceOf = (line: Line | undefined, text: string): NonNullable<Field['source']> => ({
  method: 'text',
  page: 1,
  ...(line?.box ? { box: line.box } : {}),
  text: (line?.text ?? text).slice(0, 500),
})
