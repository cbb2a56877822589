import type { Line } from '@stageline/domain'
import { boxAround, roundBox } from './box.ts'
import type { Row } from './group-rows.ts'
import { rowCells } from './row-cells.ts'

/** A row as a line: words joined by a blank, and by two where the gap is wide, so that columns can be told apart. */
export function rowLine(row: Row): Line {
  return {
    text: rowCells(row)
      .map(({ text }) => text)
      .join('  '),
    box: roundBox(boxAround(row.map(({ box }) => box))),
    words: row.map((word) => ({ ...word, box: roundBox(word.box) })),
  }
}
