import type { CatalogItem, CatalogKind, CatalogMatch } from '@stageline/domain'

export type CatalogQuery = {
  kind: CatalogKind
  /** Looked up exactly first (letter case and blanks aside), then as a prefix of at least 4 characters. */
  key?: string
  /** Compared with the names by trigrams when the key finds nothing. */
  name?: string
  /**
   * What looks like article numbers in the name: rows whose `mpn` is one of them (letters and digits alone count) come before
   * those with a like name.
   */
  numbers?: readonly string[]
  /** Lowest trigram similarity that counts; default 0.6. */
  minSimilarity?: number
  limit?: number
}

export type CatalogHit = CatalogMatch & { item: CatalogItem }

/** Reference data of the tenant: parts, vendors, products. Hits come best first: exact, then prefix, then trigram. */
export interface Catalog {
  find(query: CatalogQuery): Promise<CatalogHit[]>
}

/** Remembers which job was the first to carry a key (an invoice number of a vendor), so that repeats are seen. */
export interface FirstSeen {
  /** Records this job under the key unless another did before; returns the job that was first. Safe to repeat. */
  claim(scope: string, key: string): Promise<{ jobId: string; at: Date; isThisJob: boolean }>
}
