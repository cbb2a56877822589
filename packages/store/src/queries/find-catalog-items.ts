import type { CatalogItem } from '@stageline/domain'
import type { CatalogHit } from '@stageline/engine/ports'
import type { Database } from '../database.ts'

type Row = Pick<CatalogItem, 'kind' | 'key' | 'name' | 'attributes'> & {
  method: CatalogHit['method']
  similarity: number
}

/** `LIKE` takes the pattern as it is, so its signs are escaped; the index is one of `text_pattern_ops`. */
const BY_KEY = {
  name: 'find-catalog-by-key',
  text: `SELECT kind, key, name, attributes, CASE WHEN normal_key = $3 THEN 'exact' ELSE 'prefix' END AS method,
      CASE WHEN normal_key = $3 THEN 1 ELSE similarity(normal_key, $3) END::float8 AS similarity
    FROM catalog_items
    WHERE tenant_id = $1 AND kind = $2
      AND (normal_key = $3 OR ($4 AND normal_key LIKE regexp_replace($3, '([\\\\%_])', '\\\\\\1', 'g') || '%'))
    ORDER BY normal_key = $3 DESC, similarity DESC, key LIMIT $5`,
}

export async function findByKey(
  db: Database,
  tenantId: string,
  { kind, normal, withPrefix, limit }: { kind: string; normal: string; withPrefix: boolean; limit: number },
): Promise<CatalogHit[]> {
  return (await db.query<Row>(tenantId, BY_KEY, [tenantId, kind, normal, withPrefix, limit])).map(hitFrom)
}

/** `%` uses the trigram indexes; its limit is set for the statement by the transaction around it. */
const BY_LIKENESS = {
  name: 'find-catalog-by-likeness',
  text: `SELECT kind, key, name, attributes, 'trigram' AS method,
      greatest(similarity(normal_key, $3), similarity(name, $4))::float8 AS similarity
    FROM catalog_items
    WHERE tenant_id = $1 AND kind = $2 AND (normal_key % $3 OR name % $4)
    ORDER BY similarity DESC, key LIMIT $5`,
}

export async function findByLikeness(
  db: Database,
  tenantId: string,
  {
    kind,
    normal,
    name,
    minSimilarity,
    limit,
  }: { kind: string; normal: string; name: string; minSimilarity: number; limit: number },
): Promise<CatalogHit[]> {
  return db.transaction(tenantId, async (query) => {
    await query({ text: `SELECT set_config('pg_trgm.similarity_threshold', $1, true)` }, [String(minSimilarity)])
    return (await query<Row>(BY_LIKENESS, [tenantId, kind, normal, name, limit])).map(hitFrom)
  })
}

const hitFrom = ({ kind, key, name, attributes, method, similarity }: Row): CatalogHit => ({
  kind,
  key,
  name,
  method,
  similarity: Math.min(similarity, 1),
  item: { kind, key, name, attributes },
})
