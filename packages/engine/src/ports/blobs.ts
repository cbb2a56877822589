import type { BlobRef } from '@stageline/domain'

/** Contents of files. Keys are ours and random; what a sender called a file never becomes part of a path. */
export interface BlobStore {
  /**
   * Stores a stream under a new random key and counts and hashes it on the way.
   * @throws DataError `blob.too_large` as soon as more than `maxBytes` have come; nothing is kept then.
   */
  write(content: AsyncIterable<Uint8Array>, about: BlobAbout & { maxBytes: number }): Promise<BlobRef>
  /**
   * Stores derived bytes under a key made from `derivedFrom` and `name`: writing the same again replaces it, so a
   * repeated attempt leaves nothing behind.
   */
  put(bytes: Uint8Array, about: BlobAbout & { derivedFrom: string; name: string }): Promise<BlobRef>
  /** @throws DataError `blob.missing` when there is nothing under the key. */
  read(ref: Pick<BlobRef, 'key'>): Promise<Uint8Array>
  /** So many bytes from a place on. @throws DataError `blob.missing` when there are not so many. */
  readPart(ref: Pick<BlobRef, 'key'>, part: { offset: number; bytes: number }): Promise<Uint8Array>
  remove(key: string): Promise<void>
}

export type BlobAbout = { tenantId: string; mediaType: string; fileName?: string }

/** What a stage handler sees of the blob store: its own tenant's, bounded in size. */
export interface StageBlobs {
  read(ref: Pick<BlobRef, 'key'>): Promise<Uint8Array>
  put(bytes: Uint8Array, about: { mediaType: string; derivedFrom: string; name: string }): Promise<BlobRef>
}
