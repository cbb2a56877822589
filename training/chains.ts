import type { ChainModelFile, Chains } from '../packages/models/src/index.ts'

export type ChainExample = { label: string; chains: Chains; weight: number }

/** Counts how often each context came with which label. Labels that are only heard of start with a little. */
export function trainChains(examples: readonly ChainExample[], weights: Record<string, number>): ChainModelFile {
  const labels = [...new Set(examples.map(({ label }) => label))].sort()
  const index = new Map(labels.map((label, position) => [label, position]))
  const prior = labels.map(() => HEARD_OF)
  const counts = new Map<string, Map<number, number>>()
  for (const { label, chains, weight } of examples) {
    const at = index.get(label)!
    if (weight === 1) prior[at]! += 1
    for (const [name, contexts] of Object.entries(chains))
      for (const context of contexts) add(counts, `${name}:${context}`, at, weight)
  }
  return { labels, prior, weights, contexts: flattened(counts), temperature: 1 }
}

const HEARD_OF = 0.3

function add(counts: Map<string, Map<number, number>>, context: string, label: number, weight: number): void {
  const row = counts.get(context) ?? new Map<number, number>()
  row.set(label, (row.get(label) ?? 0) + weight)
  counts.set(context, row)
}

const flattened = (counts: Map<string, Map<number, number>>): Record<string, number[]> =>
  Object.fromEntries(
    [...counts].map(([context, row]) => [
      context,
      [...row].flatMap(([label, count]) => [label, Number(count.toFixed(2))]),
    ]),
  )
