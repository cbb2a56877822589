import type { CatalogItem, CatalogKind } from '@stageline/domain'
import type { CallContext } from '../model/model-provider.ts'

export type LookUpQuery = { kind: CatalogKind; key?: string | undefined; name?: string | undefined }

/** What an outside service says, and where it said it: an address without keys. */
export type LookUpItem = { item: CatalogItem; url: string }

/** An outside service that knows parts, products or vendors. Whether what it says is about the same thing is not its question. */
export type LookUp = {
  name: string
  kinds: readonly CatalogKind[]
  /** Names of the fields that it may know. */
  offers: readonly string[]
  /** @param subject the values that are known already, by field name */
  find(query: LookUpQuery, subject: Readonly<Record<string, string>>, context: CallContext): Promise<LookUpItem[]>
}
