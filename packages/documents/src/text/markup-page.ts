import type { Line, Page } from '@stageline/domain'

/** Lines of text as the one page of a format that has no places. Blank lines go, blanks at the ends too. */
export function markupPage(texts: Iterable<string>): Page {
  const lines: Line[] = []
  for (const text of texts) {
    const trimmed = text.trim()
    if (trimmed !== '') lines.push({ text: trimmed })
  }
  return { number: 1, width: 0, height: 0, origin: 'markup', lines }
}
