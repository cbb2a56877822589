/**
 * What every contender works: an item of about 1 kB that four stages give a field each. The stages do nothing else, so
 * that what is measured is the engine.
 */
export const STAGES = ['bench-classification', 'bench-extraction', 'bench-enrichment', 'bench-scoring'] as const
/** Waits and does nothing else, as one that asks somebody else does. */
export const WAITING = 'bench-waiting'
export type Stage = (typeof STAGES)[number] | typeof WAITING

/** The channel (`node:diagnostics_channel`) on which the handler of a first stage tells the item that it starts. */
export const STARTED = 'bench:started'

export type Item = {
  id: number
  source: string
  tenant: string
  kind: string
  received: string
  title: string
  text: string
}

const WORDS =
  'invoice tariff ledger copper harbour signal quarter pallet vendor clause margin freight permit audit valve cargo'.split(
    ' ',
  )

/** Texts differ from item to item, so that nothing compresses better than in service; the same id gives the same item. */
export function itemOf(id: number): Item {
  const random = randomOf(id)
  let text = ''
  while (text.length < 780)
    text += `${WORDS[Math.floor(random() * WORDS.length)]} ${Math.floor(random() * 1e6).toString(36)} `
  return {
    id,
    source: 'gateway',
    tenant: `tenant-${id % 50}`,
    kind: 'document',
    received: '2026-11-20T12:00:00.000Z',
    title: text.slice(0, 40),
    text,
  }
}

/** @see https://en.wikipedia.org/wiki/Linear_congruential_generator with the constants of Numerical Recipes */
function randomOf(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}

/** What a stage adds. */
export function outputOf(stage: Stage, { id, text, title, tenant }: Item): Record<string, unknown> {
  switch (stage) {
    case 'bench-classification':
      return { label: text.length % 2 === 1 ? 'invoice' : 'letter', confidence: 0.97 }
    case 'bench-extraction':
      return { fields: { title, tenant, length: text.length } }
    case 'bench-enrichment':
      return { region: 'EU', matched: true, reference: `r-${id}` }
    case 'bench-scoring':
      return { score: (id % 100) / 100, band: 'B' }
    case 'bench-waiting':
      return { waited: true }
  }
}

export const nextOf = (stage: Stage): Stage | undefined => STAGES.find((_, i) => STAGES[i - 1] === stage)

export const chunksOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
