import type { CatalogItem } from '@stageline/domain'
import type { CatalogHit } from '@stageline/engine/ports'
import type { Database } from '../database.ts'

type Row = Pick<CatalogItem, 'kind' | 'key' | 'name' | 'attributes'> & {
  method: CatalogHit['method']
  similarity: number
}

/** Keys that begin alike and are compared, the first in their order: a short beginning may fit half of a catalogue. */
const MOST_BEGINNINGS = 500

/** `LIKE` takes the pattern as it is, so its signs are escaped; the index is one of `text_pattern_ops`, in whose order keys come. */
const BY_KEY = {
  name: 'find-catalog-by-key',
  text: `SELECT kind, key, name, attributes, 'exact' AS method, 1::float8 AS similarity
    FROM catalog_items WHERE tenant_id = $1 AND kind = $2 AND normal_key = $3
    UNION ALL
    SELECT kind, key, name, attributes, 'prefix', similarity(normal_key, $3)::float8 FROM (
      SELECT kind, key, normal_key, name, attributes FROM catalog_items
      WHERE $4 AND tenant_id = $1 AND kind = $2 AND normal_key <> $3
        AND normal_key LIKE regexp_replace($3, '([\\\\%_])', '\\\\\\1', 'g') || '%'
      ORDER BY normal_key USING ~<~ LIMIT ${MOST_BEGINNINGS}) AS longer
    ORDER BY method, similarity DESC, key LIMIT $5`,
}

export async function findByKey(
  db: Database,
  tenantId: string,
  { kind, normal, withPrefix, limit }: { kind: string; normal: string; withPrefix: boolean; limit: number },
): Promise<CatalogHit[]> {
  return (await db.query<Row>(tenantId, BY_KEY, [tenantId, kind, normal, withPrefix, limit])).map(hitFrom)
}

/** Rows that are compared with a name at most. To compare one takes some 10 µs. */
const MOST_CANDIDATES = 1_000

/**
 * A row that is at least so alike shares one of the rarest trigrams of what is asked for: of n trigrams it has ⌈n · least⌉
 * or more, so that all but ⌈n · least⌉ - 1 are enough (prefix filtering; Chaudhuri, Ganti and Kaushik, 2006). In a
 * large catalogue the common ones among them are left out, beginning with the commonest.
 */
const CHOOSE_TRIGRAMS = {
  name: 'choose-catalog-trigrams',
  text: `WITH asked AS (
      SELECT trigram, coalesce(common.rows, 0) AS rows
      FROM unnest(show_trgm($1)) AS trigram LEFT JOIN catalog_common_trigrams() AS common USING (trigram)
    ), ranked AS (
      SELECT trigram, row_number() OVER rarest AS place, sum(rows) OVER rarest AS candidates, count(*) OVER () AS number
      FROM asked WINDOW rarest AS (ORDER BY rows, trigram)
    )
    SELECT set_config('pg_trgm.similarity_threshold', $2::text, true) AS threshold, (
      SELECT array_agg(trigram) FROM ranked
      WHERE place <= number - ceil(number * ($2::text)::float8 - 1e-6) + 1 AND (place = 1 OR candidates <= ${MOST_CANDIDATES})
    ) AS trigrams`,
}

/** What is alike in its key or in its name: each is found by its own index, then compared. `%` uses the threshold. */
const BY_LIKENESS = {
  name: 'find-catalog-by-likeness',
  text: `WITH candidates AS (
      SELECT key, normal_key, name FROM catalog_items
      WHERE $3 <> '' AND tenant_id = $1 AND kind = $2 AND normal_key % $3
      UNION (
        SELECT key, normal_key, name FROM catalog_items
        WHERE tenant_id = $1 AND kind = $2 AND show_trgm(name) && $6::text[] LIMIT ${MOST_CANDIDATES}
      )
    ), compared AS (
      SELECT key, greatest(CASE WHEN $3 = '' THEN 0 ELSE similarity(normal_key, $3) END, similarity(name, $4)) AS similarity
      FROM candidates
    ), best AS (
      SELECT key, similarity FROM compared WHERE similarity >= $7::float8 ORDER BY similarity DESC, key LIMIT $5
    )
    SELECT kind, key, name, attributes, 'trigram' AS method, similarity::float8
    FROM best JOIN catalog_items USING (key) WHERE tenant_id = $1 AND kind = $2 ORDER BY best.similarity DESC, key`,
}

export async function findByLikeness(
  db: Database,
  tenantId: string,
  asked: { kind: string; normal: string; name: string; minSimilarity: number; limit: number },
): Promise<CatalogHit[]> {
  const { kind, normal, name, minSimilarity, limit } = asked
  return db.transaction(tenantId, async (query) => {
    const [chosen] = await query<{ trigrams: string[] | null }>(CHOOSE_TRIGRAMS, [name, String(minSimilarity)])
    const values = [tenantId, kind, normal, name, limit, chosen?.trigrams ?? [], minSimilarity]
    return (await query<Row>(BY_LIKENESS, values)).map(hitFrom)
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
