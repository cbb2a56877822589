import { CatalogKind, DataError, type CatalogItem } from '@stageline/domain'
import type { CatalogFilter, Page, PageRequest } from '@stageline/engine/ports'
import { normalKey } from '../normal-key.ts'
import type { Database } from '../database.ts'

type Row = CatalogItem & { normal_key: string }
type Place = { kind: string; normal: string; key: string }

/** In the order of the index by key: kinds, then keys as they are compared. */
const LIST = {
  name: 'list-catalog-items',
  text: `SELECT kind, key, normal_key, name, attributes FROM catalog_items
    WHERE tenant_id = $1 AND kind = $2 AND normal_key ~>=~ $3 AND normal_key ~<=~ $4
      AND (normal_key ~>~ $3 OR key COLLATE "C" > $5)
    ORDER BY normal_key USING ~<~, key COLLATE "C" LIMIT $6`,
}

/** Behind every key that begins so: the last of all characters. */
const AFTER_ALL = '\u{10FFFF}'

export async function listCatalogItems(
  db: Database,
  tenantId: string,
  { kind, prefix = '' }: CatalogFilter,
  { cursor, limit }: PageRequest,
): Promise<Page<CatalogItem>> {
  const beginning = normalKey(prefix)
  const kinds = (kind ? [kind] : [...CatalogKind.options]).toSorted()
  const after = cursor === undefined ? undefined : readPlace(cursor, kinds, beginning)
  const rows: Row[] = []
  for (const one of after ? kinds.slice(kinds.findIndex((each) => each === after.kind)) : kinds) {
    const from = after?.kind === one ? after : { normal: beginning, key: '' }
    const values = [tenantId, one, from.normal, `${beginning}${AFTER_ALL}`, from.key, limit + 1 - rows.length]
    rows.push(...(await db.query<Row>(tenantId, LIST, values)))
    if (rows.length > limit) break
  }
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next =
    rows.length > limit && last ? writePlace({ kind: last.kind, normal: last.normal_key, key: last.key }) : null
  return { items: shown.map(({ kind: of, key, name, attributes }) => ({ kind: of, key, name, attributes })), next }
}

const writePlace = ({ kind, normal, key }: Place): string =>
  Buffer.from(JSON.stringify([kind, normal, key])).toString('base64url')

function readPlace(cursor: string, kinds: readonly string[], beginning: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(place) && place.length === 3 && place.every((part) => typeof part === 'string')) {
      const [kind, normal, key] = place as [string, string, string]
      const isStorable = !`${normal}${key}`.includes('\0') && `${normal}${key}`.isWellFormed()
      if (isStorable && kinds.includes(kind) && normal.startsWith(beginning)) return { kind, normal, key }
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new DataError('request.bad_cursor', 'The cursor is not one of this list with this filter')
}
