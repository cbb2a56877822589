import type { Place, Schema } from './schema.ts'
import type { Token } from './title-tokens.ts'
import type { TokenFeatures } from './token-features.ts'

/** A word of the training titles: in how many titles of each category it stood, and in how many as part of what. */
export type WordUse = {
  word: string
  titles: [category: number, count: number][]
  uses: [cell: number, count: number][]
}

/** Words of the title that is learned from, with the cells whose values they are part of. */
export type OwnWords = ReadonlyMap<string, readonly number[]>

type Use = { titles: Map<number, number>; allTitles: number; columns: Map<number, number> }

/**
 * What words are mostly used for, so that a value can end before the beginning of another one that has never stood
 * there. A word that no title had is telling too: of all attributes it is most often a name.
 */
export class WordUses {
  readonly #uses: ReadonlyMap<string, Use>
  readonly #schema: Schema

  constructor(uses: readonly WordUse[], schema: Schema) {
    this.#schema = schema
    this.#uses = new Map(uses.map((use) => [use.word, toUse(use, schema)]))
  }

  /** The name of the attribute that a word is mostly part of, with how sure that is. */
  classOf(word: string, place: Place, own?: OwnWords): string {
    const use = this.#uses.get(word)
    const left = own ? 1 : 0
    if (!use || use.allTitles <= left) return 'new'
    const ownCells = own?.get(word) ?? []
    const here = (use.titles.get(place.category) ?? 0) - left
    if (here > 0) return classed(place, place.cells, use, here, (column) => ownCells.includes(column))
    const isOwn = (column: number): boolean => ownCells.some((cell) => this.#schema.sharedOf(cell) === column)
    return `far ${classed(place, place.shared, use, use.allTitles - left, isOwn)}`
  }
}

/** What speaks for a value by the classes of its words and their neighbours. */
export function useFeatures(tokens: readonly Token[], classOf: (word: string) => string): TokenFeatures[] {
  const classes = tokens.map(({ word }) => classOf(word))
  const at = (index: number): string => classes[index] ?? (index < 0 ? '<' : '>')
  return classes.map((own, index) => ({
    start: [`Su${own}`, `Sv${at(index - 1)}`, `Sx${at(index - 1)}|${own}`, `Sy${own}|${at(index + 1)}`],
    inside: [`Iu${own}`, `Iv${at(index - 1)}|${own}`],
    end: [`Eu${own}`, `Ev${at(index + 1)}`, `Ex${own}|${at(index + 1)}`, `Ey${at(index + 1)}|${at(index + 2)}`],
  }))
}

function classed(
  place: Place,
  columns: readonly number[],
  use: Use,
  titles: number,
  isOwn: (column: number) => boolean,
): string {
  const counts = columns.map((column) => (use.columns.get(column) ?? 0) - (isOwn(column) ? 1 : 0))
  const most = Math.max(...counts)
  const share = most / titles
  if (share < 0.3) return `none${titles > 2 ? '' : '?'}`
  return `${place.attributes[counts.indexOf(most)]}${share >= 0.7 && titles > 2 ? '' : '?'}`
}

function toUse({ titles, uses }: WordUse, schema: Schema): Use {
  const columns = new Map(uses)
  for (const [cell, count] of uses) {
    const shared = schema.sharedOf(cell)
    columns.set(shared, (columns.get(shared) ?? 0) + count)
  }
  return { titles: new Map(titles), allTitles: titles.reduce((sum, [, count]) => sum + count, 0), columns }
}
