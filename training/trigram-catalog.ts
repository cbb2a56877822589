import type { CatalogItem } from '../packages/domain/src/index.ts'
import type { Catalog, CatalogHit, CatalogQuery } from '../packages/engine/src/ports/index.ts'

type Entry = { item: CatalogItem; key: string; number: string; trigrams: number }

/**
 * A catalogue in memory that finds what the one in Postgres finds: keys without letter case, blanks and dashes, their
 * beginnings, and names by the similarity of pg_trgm.
 */
export function trigramCatalog(items: readonly CatalogItem[]): Catalog {
  const trigrams = items.map(({ name }) => trigramsOf(name))
  const entries = items.map((item, index) => ({
    item,
    key: normalKey(item.key),
    number: normalNumber(String(item.attributes['mpn'] ?? '')),
    trigrams: trigrams[index]!.size,
  }))
  const byTrigram = new Map<string, number[]>()
  for (const [index, some] of trigrams.entries())
    for (const trigram of some) {
      const having = byTrigram.get(trigram)
      if (having) having.push(index)
      else byTrigram.set(trigram, [index])
    }
  return {
    find: (query) => {
      const byKey = findByKey(entries, query)
      return Promise.resolve(byKey.length > 0 ? byKey : findByNumberAndName(entries, byTrigram, query))
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

function findByNumberAndName(entries: Entry[], byTrigram: Map<string, number[]>, query: CatalogQuery): CatalogHit[] {
  const numbers = new Set(query.numbers?.map(normalNumber))
  const having = entries.filter(({ item, number }) => item.kind === query.kind && number !== '' && numbers.has(number))
  const alike = findByName(entries, byTrigram, query).filter(({ item }) => !having.some((entry) => entry.item === item))
  return [...having.map(({ item }) => hitOf(item, 'exact', 1)), ...alike].slice(0, query.limit ?? 10)
}

function findByName(
  entries: Entry[],
  byTrigram: Map<string, number[]>,
  { kind, name = '', minSimilarity = 0.6, limit = 10 }: CatalogQuery,
): CatalogHit[] {
  const asked = trigramsOf(name)
  const shared = new Int32Array(entries.length)
  for (const trigram of asked) for (const index of byTrigram.get(trigram) ?? []) shared[index]! += 1
  const similarity = (index: number) => shared[index]! / (asked.size + entries[index]!.trigrams - shared[index]! || 1)
  return [...shared.keys()]
    .filter((index) => entries[index]!.item.kind === kind && similarity(index) >= minSimilarity)
    .map((index) => hitOf(entries[index]!.item, 'trigram', similarity(index)))
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

const normalNumber = (number: string): string => number.replaceAll(/[^\p{L}\p{N}]/gu, '').toUpperCase()

/** Those of pg_trgm. */
export function trigramsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return new Set(
    words.flatMap((word) => {
      const padded = `  ${word} `
      return Array.from({ length: padded.length - 2 }, (_, index) => padded.slice(index, index + 3))
    }),
  )
}
