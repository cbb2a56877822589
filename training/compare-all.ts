import type { CatalogItem } from '../packages/domain/src/index.ts'
import type { CatalogQuery } from '../packages/engine/src/ports/index.ts'
import { trigramsOf } from './trigram-catalog.ts'

/** Tells whether a row is among the hits of a query by name if every row is compared with it. */
export type IsAmongAll = (query: CatalogQuery, key: string) => boolean

/** Millions of rows in memory, at some 700 bytes a row: of each trigram the rows that have it. */
export function compareAll(items: Iterable<CatalogItem>): IsAmongAll {
  const byTrigram = new Map<string, number[]>()
  const rows: { kind: string; key: string; trigrams: number }[] = []
  for (const { kind, key, name } of items) {
    const trigrams = trigramsOf(name)
    for (const trigram of trigrams) {
      const having = byTrigram.get(trigram)
      if (having) having.push(rows.length)
      else byTrigram.set(trigram, [rows.length])
    }
    rows.push({ kind, key, trigrams: trigrams.size })
  }
  const shared = new Uint16Array(rows.length)
  return ({ kind, name = '', minSimilarity = 0.6, limit = 10 }, key) => {
    const asked = trigramsOf(name)
    shared.fill(0)
    for (const trigram of asked) for (const index of byTrigram.get(trigram) ?? []) shared[index]! += 1
    const similarity = (index: number) => shared[index]! / (asked.size + rows[index]!.trigrams - shared[index]!)
    const meant = rows.findIndex((row) => row.kind === kind && row.key === key)
    const least = similarity(meant)
    if (least < minSimilarity) return false
    let better = 0
    for (const [index, row] of rows.entries()) {
      if (shared[index] === 0 || row.kind !== kind || index === meant) continue
      const other = similarity(index)
      if (other > least || (other === least && row.key < key)) better += 1
    }
    return better < limit
  }
}
