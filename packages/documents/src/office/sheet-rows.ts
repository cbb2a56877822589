import { DataError } from '@stageline/domain'
import { showNumber, type CellFormat } from './cell-format.ts'
import { XmlScanner, type XmlVisitor } from './scan-xml.ts'

/** What cells refer to: texts that are kept once, formats by the number of their style, the workbook's calendar. */
export type Workbook = { texts: readonly string[]; formats: readonly CellFormat[]; is1904: boolean }

/** Columns of a sheet (ISO 29500-1, 18.3.1.4: XFD). */
const MOST_COLUMNS = 16_384

/** Excel ends a cell at 32,767 characters; one that is far longer was made to fill the memory. */
const LONGEST_CELL = 1_000_000

/** Rows of a sheet that have something in them, with the number that the sheet shows, while it is unpacked. */
export async function* sheetRows(
  chunks: AsyncIterable<Uint8Array>,
  workbook: Workbook,
): AsyncGenerator<{ number: number; cells: string[] }> {
  const sheet = new Sheet(workbook)
  const scanner = new XmlScanner(sheet)
  for await (const chunk of chunks) {
    scanner.write(chunk)
    yield* sheet.rows.splice(0)
  }
  scanner.end()
}

class Sheet implements XmlVisitor {
  readonly rows: { number: number; cells: string[] }[] = []
  readonly #workbook: Workbook
  #number = 0
  #cells: string[] = []
  #column = 0
  #type = ''
  #style = 0
  #value = ''
  #isInValue = false
  #phonetic = 0

  constructor(workbook: Workbook) {
    this.#workbook = workbook
  }

  open(name: string, attribute: (name: string) => string | undefined): void {
    if (name === 'row') this.#openRow(Number(attribute('r') ?? this.#number + 1))
    else if (name === 'c') this.#openCell(attribute)
    else if (name === 'rPh') this.#phonetic += 1
    else if (name === 'v' || name === 't') this.#isInValue = this.#phonetic === 0
  }

  text(text: string): void {
    if (this.#isInValue) this.#value += text
    if (this.#value.length > LONGEST_CELL)
      throw new DataError(
        'document.too_complex',
        `row ${this.#number} has a cell of more than ${LONGEST_CELL} characters`,
      )
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.#isInValue = false
    else if (name === 'rPh') this.#phonetic -= 1
    else if (name === 'c') this.#closeCell()
    else if (name === 'row' && this.#cells.length > 0) this.rows.push({ number: this.#number, cells: this.#cells })
  }

  #openRow(number: number): void {
    this.#number = number
    this.#cells = []
    this.#column = 0
  }

  #openCell(attribute: (name: string) => string | undefined): void {
    this.#column = columnOf(attribute('r')) ?? this.#column
    if (this.#column >= MOST_COLUMNS) throw new DataError('document.unreadable', 'a cell stands beyond the last column')
    this.#type = attribute('t') ?? 'n'
    this.#style = Number(attribute('s') ?? 0)
    this.#value = ''
  }

  #closeCell(): void {
    const text = this.#shown()
    if (text !== '') {
      while (this.#cells.length < this.#column) this.#cells.push('')
      this.#cells[this.#column] = text
    }
    this.#column += 1
  }

  #shown(): string {
    const { texts, formats, is1904 } = this.#workbook
    if (this.#type === 's') return (texts[Number(this.#value)] ?? '').trim()
    if (this.#type === 'b') return this.#value === '1' ? 'TRUE' : 'FALSE'
    if (this.#type === 'n') return showNumber(this.#value, formats[this.#style], is1904)
    return this.#value.trim()
  }
}

/** `AB12` is column 27, counted from 0. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0]
  if (letters === undefined) return undefined
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
}
