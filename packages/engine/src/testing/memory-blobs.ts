import type { BlobRef } from '@stageline/domain'
import { DataError } from '@stageline/domain'
import { createHash } from 'node:crypto'
import type { StageBlobs } from '../ports/index.ts'

/** Contents of files in a map, as a stage sees them. */
export function memoryBlobs(contents = new Map<string, Uint8Array>()): StageBlobs {
  return {
    async read({ key }) {
      const bytes = contents.get(key)
      if (!bytes) throw new DataError('blob.missing', `There is nothing under ${key}`)
      return bytes
    },
    async put(bytes, { mediaType, derivedFrom, name }): Promise<BlobRef> {
      const key = `${derivedFrom}/${name}`
      contents.set(key, bytes)
      return { key, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length, mediaType }
    },
  }
}
