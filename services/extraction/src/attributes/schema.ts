/** The attributes that titles of a category are asked for. */
export type CategorySchema = { category: string; attributes: string[] }

/**
 * Where weights and counts are kept: a column for each attribute of each category, after them one for each name of an
 * attribute, which categories share, and one for all.
 */
export class Schema {
  readonly categories: readonly CategorySchema[]
  readonly width: number
  readonly #firstCell: number[]
  readonly #names: string[]
  readonly #cells: number

  constructor(categories: readonly CategorySchema[]) {
    this.categories = categories
    this.#names = [...new Set(categories.flatMap(({ attributes }) => attributes))]
    let cells = 0
    this.#firstCell = categories.map(({ attributes }) => (cells += attributes.length) - attributes.length)
    this.#cells = cells
    this.width = cells + this.#names.length + 1
  }

  /** The place of a category; undefined where it is not known. */
  find(category: string): Place | undefined {
    const at = this.categories.findIndex((known) => known.category.toLowerCase() === category.toLowerCase())
    const found = this.categories[at]
    if (!found) return undefined
    const first = this.#firstCell[at]!
    return {
      category: at,
      attributes: found.attributes,
      cells: found.attributes.map((_, index) => first + index),
      shared: found.attributes.map((name) => this.#cells + this.#names.indexOf(name)),
      all: this.width - 1,
    }
  }

  /** The column that an attribute's column shares with those of the same name. */
  sharedOf(cell: number): number {
    const at = this.#firstCell.findLastIndex((first) => first <= cell)
    return this.#cells + this.#names.indexOf(this.categories[at]!.attributes[cell - this.#firstCell[at]!]!)
  }
}

/** A category's attributes with their columns. */
export type Place = {
  category: number
  attributes: readonly string[]
  cells: readonly number[]
  shared: readonly number[]
  all: number
}
