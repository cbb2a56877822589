import type { CatalogItem } from '@stageline/domain'
import type { Database } from '../database.ts'
import { parameters } from './write-columns.ts'

const MAX_ITEMS_A_STATEMENT = 500

/** A row that is as it was is not written again: a file that comes every night changes little. */
const PUT = {
  name: 'put-catalog-items',
  text: `INSERT INTO catalog_items AS known (tenant_id, kind, key, name, attributes)
    SELECT $1::uuid, * FROM unnest(${parameters(2, 'text text text jsonb'.split(' '))})
    ON CONFLICT (tenant_id, kind, key) DO UPDATE SET name = excluded.name, attributes = excluded.attributes, updated_at = (SELECT stageline_now())
    WHERE (known.name, known.attributes) IS DISTINCT FROM (excluded.name, excluded.attributes)`,
}

/** New items, and new values of known ones; of two with the same key the last counts. */
export async function putCatalogItems(db: Database, tenantId: string, items: readonly CatalogItem[]): Promise<void> {
  const distinct = [...new Map(items.map((item) => [`${item.kind}/${item.key}`, item])).values()]
  // Two who put the same rows at once wait for each other, in one order.
  distinct.sort((a, b) => (a.key < b.key ? -1 : 1))
  await db.transaction(tenantId, async (query) => {
    for (let i = 0; i < distinct.length; i += MAX_ITEMS_A_STATEMENT) {
      const some = distinct.slice(i, i + MAX_ITEMS_A_STATEMENT)
      await query(PUT, [
        tenantId,
        some.map(({ kind }) => kind),
        some.map(({ key }) => key),
        some.map(({ name }) => name),
        some.map(({ attributes }) => JSON.stringify(attributes)),
      ])
    }
  })
}
