import type { CatalogItem, Field, Fields, FieldValue } from '@stageline/domain'
import type { CatalogQuery } from '@stageline/runtime'

/**
 * Why a row is taken for the same thing: how sure that is (0 to 1), and the field that it was recognised by. `isChance`
 * where the certainty was measured, not set.
 */
export type Recognition = { certainty: number; by: string; isChance?: boolean }

type Identifier = {
  field: string
  /** Whether the row has the same value. */
  agrees(value: string, item: CatalogItem): boolean
  /** A misreading hardly ever gives the value of another row. Untrue for part numbers: a digit off is another part. */
  isSparse: boolean
}

/** A row that was looked at, and how sure it is that it is the same thing; 0 for a near miss. */
export type Candidate = { item: CatalogItem; certainty: number }

/** How one kind of document uses the catalogue. */
export type CatalogFamily = {
  /** Asked in this order until a row is recognised. */
  queries(fields: Fields): CatalogQuery[]
  /** Judges rows beside each other, an answer for each. Undefined for a near miss: similar is not the same. */
  recognise(fields: Fields, items: readonly CatalogItem[]): (Recognition | undefined)[]
  /** Fields that tell the subject apart from others. */
  identifiers: readonly Identifier[]
  /** What the row could fill, by field name. */
  offers(item: CatalogItem): Record<string, FieldValue | undefined>
  /**
   * Where the row is only probably the same thing: fields that all rows, surest first, and the subject itself tell
   * better than that one. They go before `offers`.
   */
  infer?(fields: Fields, candidates: readonly Candidate[]): Record<string, Field>
}

/** For families that judge each row for itself. */
export const each =
  (recognise: (fields: Fields, item: CatalogItem) => Recognition | undefined): CatalogFamily['recognise'] =>
  (fields, items) =>
    items.map((item) => recognise(fields, item))
