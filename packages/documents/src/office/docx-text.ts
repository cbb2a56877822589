import type { XmlVisitor } from './scan-xml.ts'

/** A table of a text document: a row is its cells, a cell that spans columns is followed by empty ones. */
export type TextTable = { rows: string[][]; hasHeader: boolean }

/** Formats, deleted text, and pictures' second form for programs of before 2010. */
const LEFT_OUT = new Set(['pPr', 'rPr', 'sectPr', 'tblPr', 'del', 'moveFrom', 'Fallback', 'instrText', 'delText'])
/** What a run says without letters. A gap made by a tab is a wide one: two blanks, as in every document model. */
const SIGNS: Record<string, string> = { tab: '  ', ptab: '  ', br: '\n', cr: '\n', noBreakHyphen: '-' }
/** Of a longer paragraph the rest is left out; lines are cut much earlier. */
const LONGEST_PARAGRAPH = 100_000
/** Word's own limit of columns. */
const MOST_COLUMNS = 63

type Cell = { lines: string[]; span: number }
type Row = { cells: Cell[]; isHeader: boolean }

/**
 * Collects the text of WordprocessingML (ISO 29500-1, 17) in the order in which it stands: paragraphs as lines, rows of
 * tables as lines whose cells are two blanks apart.
 */
export class DocxText implements XmlVisitor {
  readonly lines: string[] = []
  readonly tables: TextTable[] = []
  readonly #paragraphs: string[] = []
  readonly #tables: { rows: Row[] }[] = []
  readonly #cells: Cell[] = []
  #leftOut = 0
  #inText = 0

  open(name: string, attribute: (name: string) => string | undefined): void {
    if (this.#leftOut > 0 || LEFT_OUT.has(name)) this.#leftOut += 1
    else if (name === 't') this.#inText += 1
    else if (name === 'p') this.#paragraphs.push('')
    else if (name in SIGNS) this.#add(SIGNS[name] ?? '')
    else this.#openTable(name, attribute)
  }

  text(text: string): void {
    if (this.#leftOut === 0 && this.#inText > 0) this.#add(text)
  }

  close(name: string): void {
    if (this.#leftOut > 0) this.#leftOut -= 1
    else if (name === 't') this.#inText -= 1
    else if (name === 'p') this.#sink.push(...(this.#paragraphs.pop() ?? '').split('\n'))
    else if (name === 'tc') this.#cells.pop()
    else if (name === 'tr') this.#closeRow()
    else if (name === 'tbl') this.#closeTable()
  }

  #openTable(name: string, attribute: (name: string) => string | undefined): void {
    const row = this.#tables.at(-1)?.rows.at(-1)
    if (name === 'tbl') this.#tables.push({ rows: [] })
    else if (name === 'tr') this.#tables.at(-1)?.rows.push({ cells: [], isHeader: false })
    else if (name === 'tblHeader' && row) row.isHeader = true
    else if (name === 'tc') this.#openCell(row)
    else if (name === 'gridSpan') this.#spanCell(Number(attribute('val')))
  }

  #openCell(row: Row | undefined): void {
    const cell: Cell = { lines: [], span: 1 }
    this.#cells.push(cell)
    row?.cells.push(cell)
  }

  #spanCell(span: number): void {
    const cell = this.#cells.at(-1)
    if (cell && span > 1 && span <= MOST_COLUMNS) cell.span = span
  }

  /** Cells of several paragraphs stand side by side, as they are printed. */
  #closeRow(): void {
    const cells = (this.#tables.at(-1)?.rows.at(-1)?.cells ?? []).map(({ lines }) =>
      lines.filter((line) => line.trim()),
    )
    const height = Math.max(0, ...cells.map((lines) => lines.length))
    for (let line = 0; line < height; line += 1) {
      this.#sink.push(cells.flatMap((lines) => lines[line]?.trim() ?? []).join('  '))
    }
  }

  #closeTable(): void {
    const rows = this.#tables.pop()?.rows ?? []
    this.tables.push({
      rows: rows.map(({ cells }) => cells.flatMap(({ lines, span }) => [cellText(lines), ...Array(span - 1).fill('')])),
      hasHeader: rows[0]?.isHeader ?? false,
    })
  }

  #add(text: string): void {
    const last = this.#paragraphs.length - 1
    const paragraph = this.#paragraphs[last]
    if (paragraph !== undefined && paragraph.length < LONGEST_PARAGRAPH) this.#paragraphs[last] = paragraph + text
  }

  get #sink(): string[] {
    return this.#cells.at(-1)?.lines ?? this.lines
  }
}

const cellText = (lines: string[]): string => lines.join(' ').replaceAll(/\s+/g, ' ').trim()
