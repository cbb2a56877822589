import type { Calibration } from '../services/extraction/src/calibration.ts'

/**
 * Isotonic regression by pooling adjacent violators (Ayer et al. 1955) of right or wrong on the raw score, with one
 * right and one wrong case of doubt in each pool, so that no score promises certainty.
 */
export function fitCalibration(outcomes: readonly { score: number; right: boolean }[], smallest = 12): Calibration {
  const sorted = [...outcomes].sort((a, b) => a.score - b.score)
  const pools: Pool[] = []
  for (const { score, right } of sorted) {
    pools.push({ scores: score, right: right ? 1 : 0, count: 1 })
    while (pools.length > 1 && mustMerge(pools.at(-2)!, pools.at(-1)!, smallest)) merge(pools)
  }
  if (pools.length > 1 && pools.at(-1)!.count < smallest) merge(pools)
  return pools.map(({ scores, right, count }) => [round(scores / count), round((right + 0.5) / (count + 1))] as const)
}

type Pool = { scores: number; right: number; count: number }

const mustMerge = (before: Pool, after: Pool, smallest: number): boolean =>
  before.count < smallest || before.right / before.count >= after.right / after.count

function merge(pools: Pool[]): void {
  const last = pools.pop()!
  const before = pools.at(-1)!
  before.scores += last.scores
  before.right += last.right
  before.count += last.count
}

const round = (value: number): number => Number(value.toFixed(4))
