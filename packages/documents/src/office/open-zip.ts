import { DataError } from '@stageline/domain'
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl'
import { DOCUMENT_LIMITS } from '../document-limits.ts'

/** The files of an archive by name. All that is unpacked counts, so that no file and no number of files is a bomb. */
export type Zip = {
  has(name: string): boolean
  /** A file's contents while they are unpacked: who has seen enough stops, and the rest costs nothing. */
  chunks(name: string): AsyncGenerator<Uint8Array>
}

/**
 * Opens an archive whose names are told without regard to letter case and a leading slash, as OPC (ISO 29500-2) wants.
 *
 * @throws DataError `document.unreadable` where it is damaged, `document.encrypted` where a file asks for a password,
 *   `document.too_complex` where it holds more than `DOCUMENT_LIMITS.archiveEntries` files or unpacks to more than
 *   `unpackedBytes`
 */
export async function openZip(bytes: Uint8Array, unpackedBytes: number = DOCUMENT_LIMITS.unpackedBytes): Promise<Zip> {
  const zip = await openArchive(bytes)
  const entries = await listEntries(zip)
  const budget = { bytes: unpackedBytes, most: unpackedBytes }
  return {
    has: (name) => entries.has(folded(name)),
    chunks(name) {
      const entry = entries.get(folded(name))
      if (!entry) throw new DataError('document.unreadable', `the archive has no ${name}`)
      return counted(unpack(zip, entry), budget)
    },
  }
}

const folded = (name: string): string => name.replace(/^\//, '').toLowerCase()

/** The sizes that its directory claims are not believed: what is unpacked is counted, and names may be of any form. */
async function openArchive(bytes: Uint8Array): Promise<ZipFile> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const zip = await fromBufferPromise(buffer, { lazyEntries: true, validateEntrySizes: false }).catch(broken)
  if (zip.entryCount <= DOCUMENT_LIMITS.archiveEntries) return zip
  throw new DataError(
    'document.too_complex',
    `an archive of ${zip.entryCount} files is over ${DOCUMENT_LIMITS.archiveEntries}`,
  )
}

async function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  try {
    for await (const entry of zip.eachEntry()) entries.set(folded(entry.fileName), entry)
  } catch (error) {
    broken(error)
  }
  return entries
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  budget: { bytes: number; most: number },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    budget.bytes -= chunk.length
    if (budget.bytes < 0) throw new DataError('document.too_complex', `it unpacks to more than ${budget.most} bytes`)
    yield chunk
  }
}

async function* unpack(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  if (entry.isEncrypted()) throw new DataError('document.encrypted', `${entry.fileName} asks for a password`)
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) yield chunk
  } catch (error) {
    throw error instanceof DataError ? error : unreadable(`${entry.fileName} cannot be unpacked`, error)
  }
}

function broken(error: unknown): never {
  throw unreadable('the archive cannot be opened', error)
}

const unreadable = (what: string, error: unknown): DataError =>
  new DataError('document.unreadable', `${what}: ${error instanceof Error ? error.message : String(error)}`)
