import assert from 'node:assert/strict'
import { test } from 'node:test'
import { besideRivals, chancesOf, ProductRanker } from '../services/enrichment/src/product-ranker.ts'
import type { HeldSearch } from './product-match.ts'
import { learnRanker } from './product-rank.ts'
import { createRandom } from './random.ts'

test('a ranker knows the right row among rivals, and that none of them is right where it is missing', () => {
  const { ranker } = learnRanker(searches(90))

  const best = (scores: number[]): number => Math.max(...chances(ranker, scores))
  assert.ok(best([4, 0.2, 0.1, -0.3]) > 0.8, String(best([4, 0.2, 0.1, -0.3])))
  assert.ok(best([0.3, 0.2, 0.1, -0.3]) < 0.2, String(best([0.3, 0.2, 0.1, -0.3])))
  assert.deepEqual(ranker, learnRanker(searches(90)).ranker)
})

test('every record is also looked up where its row is missing, and judged by a ranker that has not seen it', () => {
  const { worlds } = learnRanker(searches(30))

  const lacking = worlds.filter(({ search, kept }) => kept.every((row) => !search.example.rows[row]!.yes))
  assert.equal(new Set(lacking.map(({ search }) => search.example.id)).size, 30)
  assert.ok(worlds.every(({ kept, shares }) => kept.length === shares.length))
})

function chances(ranker: ReturnType<typeof learnRanker>['ranker'], scores: number[]): number[] {
  const rows = besideRivals(scores.map((score) => ({ score })))
  return chancesOf(new ProductRanker(ranker).shares(rows), ranker.best)
}

/** Look-ups in three folds whose right row, one of eight, scores far above the others. */
function searches(count: number): HeldSearch[] {
  const random = createRandom(3)
  return Array.from({ length: count }, (_, index) => ({
    fold: index % 3,
    example: {
      id: `item-${index}`,
      record: { name: `item ${index}` },
      truth: { id: `item-${index}`, brand: '', modelno: '', catalog_ids: [] },
      rows: Array.from({ length: 8 }, (_, row) => ({ record: { name: `row ${row}` }, yes: row === 0 })),
    },
    rows: Array.from({ length: 8 }, (_, row) => ({ score: row === 0 ? 3 + random() : random() - 0.5 })),
  }))
}
