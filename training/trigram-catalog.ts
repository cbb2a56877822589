import type { CatalogItem } from '../packages/domain/src/index.ts'
import type { Catalog, CatalogHit, CatalogQuery } from '../packages/engine/src/ports/index.ts'

type Entry = { item: CatalogItem; key: string; trigrams: Set<string> }

/**
 * A catalogue in memory that finds what the one in Postgres finds: keys without letter case, blanks and dashes, their
 * beginnings, and names by the similarity of pg_trgm.
 */
export function trigramCatalog(items: readonly CatalogItem[]): Catalog {
  const entries = items.map((item) => ({ item, key: normalKey(item.key), trigrams: trigramsOf(item.name) }))
  const byTrigram = new Map<string, Entry[]>()
  for (const entry of entries)
    for (const trigram of entry.trigrams) {
      const some = byTrigram.get(trigram)
      if (some) some.push(entry)
      else byTrigram.set(trigram, [entry])
    }
  return {
    find: (query) => {
      const byKey = findByKey(entries, query)
      return Promise.resolve(byKey.length > 0 ? byKey : findByName(byTrigram, query))
    },
  }
}

function findByKey(entries: Entry[], { kind, key, limit = 10 }: CatalogQuery): CatalogHit[] {
  if (key === undefined) return []
  const normal = normalKey(key)
  const ofKind = entries.filter(({ item }) => item.kind === kind)
  const exact = ofKind.filter((entry) => entry.key === normal)
  const longer = normal.length < 4 ? [] : ofKind.filter((entry) => entry.key !== normal && entry.key.startsWith(normal))
  return [
    ...exact.map(({ item }) => hitOf(item, 'exact', 1)),
    ...longer.map(({ item }) => hitOf(item, 'prefix', normal.length / normalKey(item.key).length)),
  ].slice(0, limit)
}

function findByName(
  byTrigram: Map<string, Entry[]>,
  { kind, name = '', minSimilarity = 0.6, limit = 10 }: CatalogQuery,
): CatalogHit[] {
  const asked = trigramsOf(name)
  const shared = new Map<Entry, number>()
  for (const trigram of asked)
    for (const entry of byTrigram.get(trigram) ?? []) shared.set(entry, (shared.get(entry) ?? 0) + 1)
  return [...shared]
    .map(([{ item, trigrams }, count]) => hitOf(item, 'trigram', count / (asked.size + trigrams.size - count)))
    .filter((hit) => hit.kind === kind && hit.similarity >= minSimilarity)
    .sort((a, b) => b.similarity - a.similarity || (a.key < b.key ? -1 : 1))
    .slice(0, limit)
}

const hitOf = (item: CatalogItem, method: CatalogHit['method'], similarity: number): CatalogHit => ({
  kind: item.kind,
  key: item.key,
  name: item.name,
  method,
  similarity,
  item,
})

const normalKey = (key: string): string => key.replaceAll(/[\s-]/g, '').toUpperCase()

function trigramsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return new Set(
    words.flatMap((word) => {
      const padded = `  ${word} `
      return Array.from({ length: padded.length - 2 }, (_, index) => padded.slice(index, index + 3))
    }),
  )
}
