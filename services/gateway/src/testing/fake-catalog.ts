import { DataError, type CatalogItem } from '@stageline/domain'
import type { CatalogImport, CatalogRecord, Page, PageRequest } from '@stageline/engine/ports'

export type FakeCatalog = { items: Map<string, CatalogItem>; imports: Map<string, CatalogImport> }

/** A catalogue of one tenant in memory, without rules of its own. */
export const fakeCatalog = ({ items, imports }: FakeCatalog, now: () => Date): CatalogRecord => ({
  put: async (_tenant, some) => {
    for (const item of some) items.set(`${item.kind}/${item.key}`, item)
  },
  items: async (_tenant, { kind, prefix = '' }, page) =>
    pageOf(
      [...items.values()].filter((item) => (!kind || item.kind === kind) && item.key.startsWith(prefix)),
      ({ key }) => key,
      page,
    ),
  item: async (_tenant, kind, key) => items.get(`${kind}/${key}`),
  remove: async (_tenant, kind, key) => items.delete(`${kind}/${key}`),
  beginImport: async (_tenant, about) => {
    if ([...imports.values()].some(({ finishedAt }) => finishedAt === null)) return false
    const at = now().toISOString()
    const progress = { state: 'checking', rows: { read: 0, stored: 0, faulty: 0 }, faults: [] } as const
    imports.set(about.id, { ...about, ...progress, createdAt: at, updatedAt: at, finishedAt: null })
    return true
  },
  noteImport: async (_tenant, id, progress) => {
    const at = now().toISOString()
    const goesOn = progress.state === 'checking' || progress.state === 'storing'
    imports.set(id, { ...imports.get(id)!, ...progress, updatedAt: at, finishedAt: goesOn ? null : at })
  },
  import: async (_tenant, id) => imports.get(id),
  imports: async (_tenant, page) => pageOf([...imports.values()].toReversed(), ({ id }) => id, page),
})

function pageOf<Row>(rows: readonly Row[], nameOf: (row: Row) => string, { cursor, limit }: PageRequest): Page<Row> {
  const at = cursor === undefined ? 0 : rows.findIndex((row) => nameOf(row) === cursor) + 1
  if (cursor !== undefined && at === 0) throw new DataError('record.bad_cursor', 'The cursor is not one of ours')
  const items = rows.slice(at, at + limit)
  return { items, next: at + limit < rows.length ? nameOf(items.at(-1)!) : null }
}
