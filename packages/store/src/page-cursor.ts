import { DataError, isId } from '@stageline/domain'
import type { Page, PageRequest } from '@stageline/engine/ports'
import { createHash } from 'node:crypto'

/**
 * A page goes on behind the last id that was shown: ids sort by creation, so rows that are added meanwhile come before
 * the first page and disturb none. The cursor also carries a hash of the filter that it belongs to.
 */
export function readCursor({ cursor }: PageRequest, filter: unknown): string | undefined {
  if (cursor === undefined) return undefined
  const [id = '', of] = (Buffer.from(cursor, 'base64url').toString().split(' ')[0] ?? '').split('.')
  if (isId(id) && of === hashOf(filter)) return id
  throw new DataError('request.bad_cursor', 'The cursor is not one of this list with this filter')
}

/** The same for lists in another order than that of ids: the cursor also says where in that order the row stood. */
export function readRankedCursor(page: PageRequest, filter: unknown): { id: string; rank: number } | undefined {
  const id = readCursor(page, filter)
  if (id === undefined) return undefined
  const rank = Number(
    Buffer.from(page.cursor ?? '', 'base64url')
      .toString()
      .split(' ')[1] ?? Number.NaN,
  )
  if (Number.isFinite(rank)) return { id, rank }
  throw new DataError('request.bad_cursor', 'The cursor is not one of this list with this filter')
}

export function toRankedPage<Row extends { id: string }>(
  rows: Row[],
  rankOf: (row: Row) => number,
  { limit, filter }: { limit: number; filter: unknown },
): Page<Row> {
  const { items, next } = toPage(rows, limit, filter)
  const last = items.at(-1)
  return { items, next: next === null || !last ? null : writeCursor(last.id, filter, ` ${rankOf(last)}`) }
}

/** Of `limit + 1` rows the last one only says that there are more. */
export function toPage<Row extends { id: string }>(rows: Row[], limit: number, filter: unknown): Page<Row> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? writeCursor(last.id, filter) : null }
}

const writeCursor = (id: string, filter: unknown, more = ''): string =>
  Buffer.from(`${id}.${hashOf(filter)}${more}`).toString('base64url')

const hashOf = (filter: unknown): string =>
  createHash('sha256').update(canonical(filter)).digest('base64url').slice(0, 12)

const canonical = (filter: unknown): string =>
  JSON.stringify(filter ?? {}, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
