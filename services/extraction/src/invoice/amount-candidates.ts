import { findAmounts, toUnits } from '../values/parse-amount.ts'
import { contextFeatures } from './cell-context.ts'
import type { Candidate } from './field-candidates.ts'
import type { Cell } from './page-cells.ts'

/** Amounts with two decimals, with their place, their rank among all, and how they add up with the others. */
export function amountCandidates(lines: readonly Cell[][]): Candidate[] {
  const mentions = lines.flat().flatMap((cell) =>
    findAmounts(cell.text)
      .filter(({ decimals }) => decimals === 2)
      .map((mention) => ({ cell, mention })),
  )
  const values = mentions.map(({ mention }) => Number(toUnits(mention.value) ?? 0n) / 100)
  const sums = createSums(values)
  const ranks = [...new Set(values.map(Math.abs))].sort((a, b) => b - a)
  return mentions.map(({ cell, mention }, index) => {
    const value = values[index]!
    const features = contextFeatures(lines, cell, cell.text.slice(0, mention.index))
    const last = cell.column === (lines[cell.line]?.length ?? 1) - 1
    const extra = [
      `rank:${Math.min(ranks.indexOf(Math.abs(value)), 4)}`,
      `count:${Math.min(values.filter((other) => other === value).length, 4)}`,
      `zero:${value === 0}`,
      `last:${last}`,
      `row:${Math.min((lines[cell.line] ?? []).filter(({ text }) => findAmounts(text).length > 0).length, 5)}`,
      `is:${sums.isSum(value) ? 'sum' : ''}${sums.isPart(value) ? 'part' : ''}${sums.isSmallPart(value) ? 'tax' : ''}`,
    ]
    for (const name of extra) features.set(name, 1)
    return { value: mention.value, printed: mention.printed, cell, features }
  })
}

/** Which values take part in `a + b = c`, as net, tax and gross do, the smaller part at most 35 % of the greater. */
function createSums(values: number[]): Record<'isSum' | 'isPart' | 'isSmallPart', (value: number) => boolean> {
  const known = new Set(values)
  const sums = new Set<number>()
  const parts = new Set<number>()
  const small = new Set<number>()
  const distinct = [...known].filter((value) => value !== 0).slice(0, MOST_VALUES)
  for (const big of distinct) {
    for (const little of distinct) {
      const plausible = Math.sign(big) === Math.sign(little) && Math.abs(little) <= Math.abs(big) * 0.35
      if (!plausible || !known.has(big + little)) continue
      sums.add(big + little)
      parts.add(big)
      small.add(little)
    }
  }
  return {
    isSum: (value) => sums.has(value),
    isPart: (value) => parts.has(value),
    isSmallPart: (value) => small.has(value),
  }
}

/** Price lists hold thousands of amounts; pairs of them all would take long and say nothing. */
const MOST_VALUES = 300
