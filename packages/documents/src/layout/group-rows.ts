import type { Word } from '@stageline/domain'
import { heightOf } from './box.ts'

/** Words that stand on one printed row, from left to right. */
export type Row = Word[]

/** A word joins a row when the smaller of both heights is covered by this share: superscripts do, the next row does not. */
const SHARED_HEIGHT = 0.5

/**
 * Groups words of a page to rows, top to bottom. A label and its value at the far side stay in one row, because what
 * belongs together on an invoice stands on one height, however wide the gap.
 */
export function groupRows(words: Word[]): Row[] {
  const rows: { words: Row; top: number; bottom: number }[] = []
  for (const word of words.toSorted((a, b) => middleOf(a) - middleOf(b))) {
    const row = rows.slice(-3).findLast((candidate) => sharesHeight(candidate, word))
    if (row) row.words.push(word)
    else rows.push({ words: [word], top: word.box[1], bottom: word.box[3] })
  }
  return rows
    .toSorted((a, b) => a.top + a.bottom - b.top - b.bottom)
    .map((row) => row.words.toSorted((a, b) => a.box[0] - b.box[0]))
}

function sharesHeight(row: { top: number; bottom: number }, { box }: Word): boolean {
  const shared = Math.min(row.bottom, box[3]) - Math.max(row.top, box[1])
  return shared >= SHARED_HEIGHT * Math.min(row.bottom - row.top, heightOf(box))
}

const middleOf = ({ box: [, top, , bottom] }: Word): number => (top + bottom) / 2
