import type { CatalogItem, Fields, FieldValue } from '@stageline/domain'
import type { CatalogQuery } from '@stageline/runtime'

/** Why a row is taken for the same thing: how sure that is (0 to 1), and the field that it was recognised by. */
export type Recognition = { certainty: number; by: string }

type Identifier = {
  field: string
  /** Whether the row has the same value. */
  agrees(value: string, item: CatalogItem): boolean
  /** A misreading hardly ever gives the value of another row. Untrue for part numbers: a digit off is another part. */
  isSparse: boolean
}

/** How one kind of document uses the catalogue. */
export type CatalogFamily = {
  /** Asked in this order until a row is recognised. */
  queries(fields: Fields): CatalogQuery[]
  /** Undefined for a near miss: similar is not the same. */
  recognise(fields: Fields, item: CatalogItem): Recognition | undefined
  /** Fields that tell the subject apart from others. */
  identifiers: readonly Identifier[]
  /** What the row could fill, by field name. */
  offers(item: CatalogItem): Record<string, FieldValue | undefined>
}
