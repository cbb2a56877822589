import type { Place, Schema } from './schema.ts'

/** A value that training met: in how many titles of each category it stood, and as the value of what. */
export type KnownValue = {
  key: string
  titles: [category: number, count: number][]
  values: [cell: number, count: number][]
}

/** Rows of weights that stand for what is known of a span as a value. */
export const KNOWN_ROWS = 36 + 36 + 12 + 6

type Counts = { titles: Map<number, number>; allTitles: number; columns: Map<number, number>; allValues: number }

/**
 * How often a span has been the value of an attribute, and how often it stood in a title without being one. A title
 * that is learned from is left out of the counts, or everything would seem known.
 */
export class KnownValues {
  readonly #counts: ReadonlyMap<string, Counts>
  readonly #schema: Schema

  constructor(values: readonly KnownValue[], schema: Schema) {
    this.#schema = schema
    this.#counts = new Map(values.map((value) => [value.key, toCounts(value, schema)]))
  }

  /** For each attribute of the place the rows that apply; undefined where the span was never a value. */
  rows(key: string, place: Place, own?: Own): (number[] | undefined)[] | undefined {
    const counts = this.#counts.get(key)
    if (!counts) return undefined
    const ownCells = own?.get(key) ?? []
    const left = own ? 1 : 0
    const allValues = counts.allValues - ownCells.length
    if (allValues <= 0) return undefined
    const titles = (counts.titles.get(place.category) ?? 0) - left
    const allTitles = counts.allTitles - left
    return place.cells.map((cell, index) => {
      const shared = place.shared[index]!
      const here = (counts.columns.get(cell) ?? 0) - ownCells.filter((one) => one === cell).length
      const sameName = ownCells.filter((one) => this.#schema.sharedOf(one) === shared).length
      const named = (counts.columns.get(shared) ?? 0) - sameName
      return knownRows({ here, named, allValues, titles, allTitles })
    })
  }
}

/** Values of the title that is learned from: key to cells. */
export type Own = ReadonlyMap<string, readonly number[]>

type Known = { here: number; named: number; allValues: number; titles: number; allTitles: number }

const knownRows = ({ here, named, allValues, titles, allTitles }: Known): number[] => [
  6 * amount(here) + share(here, titles),
  36 + 6 * amount(named) + share(named, allTitles),
  72 + 2 * amount(allValues - named) + (here > 0 ? 1 : 0),
  84 + share(here, Math.max(allValues, 1)),
]

const amount = (count: number): number => [1, 2, 3, 5, 10].filter((edge) => count >= edge).length

function share(count: number, of: number): number {
  if (count <= 0 || of < 1) return 0
  return 1 + [0.1, 0.3, 0.6, 0.9].filter((edge) => count / of >= edge).length
}

function toCounts({ titles, values }: KnownValue, schema: Schema): Counts {
  const columns = new Map(values)
  for (const [cell, count] of values) {
    const shared = schema.sharedOf(cell)
    columns.set(shared, (columns.get(shared) ?? 0) + count)
  }
  const sum = (pairs: [number, number][]): number => pairs.reduce((total, [, count]) => total + count, 0)
  return { titles: new Map(titles), allTitles: sum(titles), columns, allValues: sum(values) }
}
