import { createInflateRaw } from 'node:zlib'
import { DataError } from '@stageline/domain'
import { DOCUMENT_LIMITS } from '../document-limits.ts'
import { contentsAt, zipDirectory, type ZipEntry } from './zip-directory.ts'

/** The files of an archive by name. All that is unpacked counts, so that no file and no number of files is a bomb. */
export type Zip = {
  has(name: string): boolean
  /** A file's contents while they are unpacked: who has seen enough stops, and the rest costs nothing. */
  chunks(name: string): AsyncGenerator<Uint8Array>
}

const STORED = 0
const DEFLATED = 8
const CHUNK_BYTES = 16 * 1024

/**
 * Opens an archive whose names are told without regard to letter case and a leading slash, as OPC (ISO 29500-2) wants.
 *
 * @throws DataError `document.unreadable` where it is damaged, `document.encrypted` where a file asks for a password,
 *   `document.too_complex` where it unpacks to more than `DOCUMENT_LIMITS.unpackedBytes`
 */
export function openZip(bytes: Uint8Array): Zip {
  const entries = new Map(zipDirectory(bytes).map((entry) => [folded(entry.name), entry]))
  const budget = { bytes: DOCUMENT_LIMITS.unpackedBytes as number }
  return {
    has: (name) => entries.has(folded(name)),
    chunks(name) {
      const entry = entries.get(folded(name))
      if (!entry) throw new DataError('document.unreadable', `the archive has no ${name}`)
      return counted(unpack(bytes, entry), budget)
    },
  }
}

const folded = (name: string): string => name.replace(/^\//, '').toLowerCase()

async function* counted(chunks: AsyncIterable<Uint8Array>, budget: { bytes: number }): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    budget.bytes -= chunk.length
    if (budget.bytes < 0)
      throw new DataError('document.too_complex', `it unpacks to more than ${DOCUMENT_LIMITS.unpackedBytes} bytes`)
    yield chunk
  }
}

async function* unpack(bytes: Uint8Array, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  if (entry.isEncrypted) throw new DataError('document.encrypted', `${entry.name} asks for a password`)
  const at = contentsAt(bytes, entry)
  const packed = bytes.subarray(at, at + entry.compressedBytes)
  if (entry.method === STORED) yield packed
  else if (entry.method === DEFLATED) yield* inflate(packed, entry.name)
  else throw new DataError('document.unreadable', `${entry.name} is packed by an unknown method, ${entry.method}`)
}

async function* inflate(packed: Uint8Array, name: string): AsyncGenerator<Uint8Array> {
  const stream = createInflateRaw({ chunkSize: CHUNK_BYTES })
  stream.end(packed)
  try {
    for await (const chunk of stream) yield chunk
  } catch (error) {
    if (error instanceof DataError) throw error
    throw new DataError('document.unreadable', `${name} cannot be unpacked: ${String(error)}`)
  }
}
