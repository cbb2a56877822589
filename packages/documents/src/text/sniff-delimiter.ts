const DELIMITERS = [';', '\t', ',', '|'] as const

/**
 * The character that cuts most of the first lines into the same number of cells, or `undefined` where none does: then
 * the text is not a table. Quoted parts do not count. Of two that fit, the one that makes more cells.
 */
export function sniffDelimiter(text: string): string | undefined {
  const lines = firstRows(text)
  const candidates = DELIMITERS.map((delimiter) => ({ delimiter, cells: agreedCells(lines, delimiter) }))
  const [best] = candidates.filter(({ cells }) => cells > 1).sort((a, b) => b.cells - a.cells)
  return best?.delimiter
}

const SAMPLE_ROWS = 20
/** Share of the rows that must have as many cells as the header. */
const AGREEMENT = 0.8

function firstRows(text: string): string[] {
  const unquoted = text.slice(0, 20_000).replaceAll(/"(?:[^"]|"")*"/g, 'x')
  return unquoted
    .split(/\r\n|[\n\r]/)
    .filter((line) => line.trim() !== '')
    .slice(0, SAMPLE_ROWS)
}

function agreedCells(lines: string[], delimiter: string): number {
  const counts = lines.map((line) => line.split(delimiter).length)
  const header = counts[0] ?? 0
  const agreeing = counts.filter((count) => count === header).length
  return lines.length >= 2 && agreeing >= AGREEMENT * lines.length ? header : 0
}
