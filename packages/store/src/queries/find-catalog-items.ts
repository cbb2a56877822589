import type { CatalogItem } from '@stageline/domain'
import type { CatalogHit } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { chooseTrigrams } from './choose-catalog-trigrams.ts'

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

/** Article numbers, whatever the key is. */
const BY_NUMBER = {
  name: 'find-catalog-by-number',
  text: `SELECT kind, key, name, attributes, 'exact' AS method, 1::float8 AS similarity
    FROM catalog_items WHERE tenant_id = $1 AND kind = $2 AND normal_number = ANY($3::text[]) ORDER BY key LIMIT $4`,
}

export async function findByNumber(
  db: Database,
  tenantId: string,
  { kind, numbers, limit }: { kind: string; numbers: readonly string[]; limit: number },
): Promise<CatalogHit[]> {
  if (numbers.length === 0) return []
  return (await db.query<Row>(tenantId, BY_NUMBER, [tenantId, kind, numbers, limit])).map(hitFrom)
}

/** Rows that are compared with a name at most: those with most of its words. To compare one takes some 10 µs. */
const MOST_COMPARED = 1_000

/** Rows of which words are looked at, at most, of those with a rare trigram and of those with two. One takes some 4 µs. */
const MOST_CANDIDATES = { alone: 3_000, paired: 1_500 }

/** What is alike in its key or in its name: each is found by its own index, then compared. `%` uses the threshold. */
const BY_LIKENESS = {
  name: 'find-catalog-by-likeness',
  text: `WITH named AS (
      ${withName('show_trgm(name) && $8::text[]', MOST_CANDIDATES.alone)}
      UNION ${withName('show_trgm(name) && $9::text[] AND show_trgm(name) && $10::text[]', MOST_CANDIDATES.paired)}
      UNION ${withName('show_trgm(name) && $9::text[] AND show_trgm(name) && $11::text[]', MOST_CANDIDATES.paired)}
      UNION ${withName('show_trgm(name) && $10::text[] AND show_trgm(name) && $11::text[]', MOST_CANDIDATES.paired)}
    ), candidates AS (
      SELECT key, normal_key, name FROM catalog_items
      WHERE $3 <> '' AND tenant_id = $1 AND kind = $2 AND normal_key % $3
      UNION (
        SELECT key, normal_key, name FROM named
        ORDER BY (SELECT sum(length(word)) FROM unnest($7::text[]) AS word WHERE strpos(lowered, word) > 0) DESC NULLS LAST
        LIMIT ${MOST_COMPARED}
      )
    ), compared AS (
      SELECT key, greatest(CASE WHEN $3 = '' THEN 0 ELSE similarity(normal_key, $3) END, similarity(name, $4)) AS similarity
      FROM candidates
    ), best AS (
      SELECT key, similarity FROM compared WHERE similarity >= $6::float8 ORDER BY similarity DESC, key LIMIT $5
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
    const { words, alone, hands } = await chooseTrigrams(query, { name, minSimilarity })
    const values = [tenantId, kind, normal, name, limit, minSimilarity, words, alone, ...hands]
    return (await query<Row>(BY_LIKENESS, values)).map(hitFrom)
  })
}

/** Each way has a limit of its own, so that one that leads to very many rows does not drown what the others find. */
function withName(condition: string, most: number): string {
  return `(SELECT key, normal_key, name, lower(name) AS lowered FROM catalog_items
        WHERE tenant_id = $1 AND kind = $2 AND ${condition} LIMIT ${most})`
}

const hitFrom = ({ kind, key, name, attributes, method, similarity }: Row): CatalogHit => ({
  kind,
  key,
  name,
  method,
  similarity: Math.min(similarity, 1),
  item: { kind, key, name, attributes },
})
