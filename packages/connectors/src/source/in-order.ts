import type { Reading, SourceItem } from '@stageline/engine/ports'
import { columnMissing, sourceFault } from './source-error.ts'

type Item = { position: string; record: Readonly<Record<string, unknown>> } | { position: string; fault: string }

/** For sources that cannot sort: checks that the marks grow, and leaves out what is before the one that is asked from. */
export async function* inOrder(items: AsyncIterable<Item>, { markColumn, from }: Reading): AsyncGenerator<SourceItem> {
  let last: string | undefined
  for await (const item of items) {
    if ('fault' in item || markColumn === undefined) {
      yield 'fault' in item ? item : { ...item, mark: null }
      continue
    }
    const mark = markOf(item, markColumn)
    if (mark !== null && last !== undefined && compareMarks(mark, last) < 0) throw unordered(markColumn, item.position)
    last = mark ?? last
    if (from === undefined || (mark !== null && compareMarks(mark, from) >= 0)) yield { ...item, mark }
  }
}

function markOf({ position, record }: Extract<Item, { record: unknown }>, column: string): string | null {
  if (!Object.hasOwn(record, column)) throw columnMissing(column, Object.keys(record))
  const value = record[column]
  if (value === null || typeof value === 'string' || typeof value === 'number')
    return value === null ? null : `${value}`
  throw sourceFault('source.unreadable', `Record ${position}: "${column}" is no text or number, which a mark must be`)
}

/** Numbers by their size, anything else as text, as times of ISO 8601 sort. */
function compareMarks(a: string, b: string): number {
  const [one, other] = [Number(a), Number(b)]
  if (a !== '' && b !== '' && !Number.isNaN(one) && !Number.isNaN(other)) return one - other
  return a < b ? -1 : Number(a > b)
}

const unordered = (column: string, position: string) =>
  sourceFault(
    'source.unordered',
    `Record ${position} has a lower "${column}" than the one before it: let the source give them in its order, oldest first`,
  )
