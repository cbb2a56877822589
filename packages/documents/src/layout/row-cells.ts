import type { Box, Word } from '@stageline/domain'
import { boxAround, heightOf } from './box.ts'
import type { Row } from './group-rows.ts'

/** Words of a row with no wide gap between them: a cell of a table, or one side of a label and its value. */
export type Cell = { text: string; words: Word[]; box: Box }

/** A gap is wide from this many heights of the words beside it; a blank is about a quarter. */
const WIDE_GAP = 1

export function rowCells(row: Row): Cell[] {
  const groups: Word[][] = []
  for (const word of row) {
    const last = groups.at(-1)
    if (last && !isWideGap(last.at(-1), word)) last.push(word)
    else groups.push([word])
  }
  return groups.map((words) => ({
    text: words.map(({ text }) => text).join(' '),
    words,
    box: boxAround(words.map(({ box }) => box)),
  }))
}

function isWideGap(left: Word | undefined, right: Word): boolean {
  if (!left) return false
  return right.box[0] - left.box[2] > WIDE_GAP * Math.min(heightOf(left.box), heightOf(right.box))
}
