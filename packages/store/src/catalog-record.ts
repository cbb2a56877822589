import type { CatalogItem } from '@stageline/domain'
import type { CatalogRecord } from '@stageline/engine/ports'
import type { Database } from './database.ts'
import { beginImport, listImports, noteImport, selectImport } from './queries/catalog-imports.ts'
import { listCatalogItems } from './queries/list-catalog-items.ts'
import { putCatalogItems } from './queries/put-catalog-items.ts'
import { withRetries } from './with-retries.ts'

const ITEM = {
  text: 'SELECT kind, key, name, attributes FROM catalog_items WHERE tenant_id = $1 AND kind = $2 AND key = $3',
}
const REMOVE = { text: 'DELETE FROM catalog_items WHERE tenant_id = $1 AND kind = $2 AND key = $3 RETURNING key' }

/** What people bring into the catalogue, and see of it. */
export function createCatalogRecord(db: Database): CatalogRecord {
  return {
    put: (tenantId, items) => withRetries(() => putCatalogItems(db, tenantId, items)),
    items: (tenantId, filter, page) => listCatalogItems(db, tenantId, filter, page),
    item: async (tenantId, kind, key) => (await db.query<CatalogItem>(tenantId, ITEM, [tenantId, kind, key]))[0],
    remove: async (tenantId, kind, key) => (await db.query(tenantId, REMOVE, [tenantId, kind, key])).length > 0,
    beginImport: (tenantId, about) => beginImport(db, tenantId, about),
    noteImport: (tenantId, id, progress) => noteImport(db, tenantId, id, progress),
    import: (tenantId, id) => selectImport(db, tenantId, id),
    imports: (tenantId, page) => listImports(db, tenantId, page),
  }
}
