import type { CatalogItem } from '@stageline/domain'
import type { Database } from '../database.ts'
import { parameters } from './write-columns.ts'

const MAX_ITEMS_A_STATEMENT = 1_000

const PUT = {
  name: 'put-catalog-items',
  text: `INSERT INTO catalog_items (tenant_id, kind, key, name, attributes)
    SELECT $1::uuid, * FROM unnest(${parameters(2, 'text text text jsonb'.split(' '))})
    ON CONFLICT (tenant_id, kind, key) DO UPDATE SET name = excluded.name, attributes = excluded.attributes, updated_at = (SELECT stageline_now())`,
}

/** New items, and new values of known ones; of two with the same key the last counts. Returns how many. */
export async function putCatalogItems(db: Database, tenantId: string, items: readonly CatalogItem[]): Promise<number> {
  const distinct = [...new Map(items.map((item) => [`${item.kind}/${item.key}`, item])).values()]
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
  return distinct.length
}
