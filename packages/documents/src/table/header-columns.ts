import { DataError, type TableRow } from '@stageline/domain'

/** The names of the columns, by which cells become a record. */
export class HeaderColumns {
  readonly names: readonly string[]

  /** @throws DataError `document.unreadable` where two columns have one name, or a binary file was taken for a table */
  constructor(cells: readonly string[], line: number) {
    this.names = cells.map((cell) => cell.trim())
    const given = this.names.filter((name) => name !== '')
    const twice = given.find((name, index) => given.indexOf(name) !== index)
    if (twice !== undefined)
      throw new DataError(
        'document.unreadable',
        `line ${line}: two columns are called "${twice.slice(0, 64)}": rename one`,
      )
    if (given.some((name) => name.includes('\0')))
      throw new DataError('document.unreadable', 'this is no text: send CSV, JSON lines or XLSX')
  }

  row(cells: readonly string[], line: number): TableRow {
    const record: Record<string, string> = Object.create(null)
    for (const [index, cell] of cells.entries()) {
      if (cell === '') continue
      const name = this.names[index]
      if (name === undefined) return this.#tooMany(cells, line)
      if (name === '')
        return { line, column: null, fault: `column ${index + 1} has no name in the header: give it one` }
      record[name] = cell
    }
    return { line, record }
  }

  #tooMany(cells: readonly string[], line: number): TableRow {
    const fault = `has ${cells.length} cells, the header ${this.names.length}: put values that hold the delimiter in quotes`
    return { line, column: null, fault }
  }
}
