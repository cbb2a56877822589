import { DataError } from '@stageline/domain'
import { DOCUMENT_LIMITS } from '../document-limits.ts'

/** One file of an archive, as the archive's directory tells. Sizes and places are claims until they are read. */
export type ZipEntry = { name: string; method: number; isEncrypted: boolean; compressedBytes: number; headerAt: number }

const END_SIGNATURE = 0x06054b50
const ENTRY_SIGNATURE = 0x02014b50
const LOCAL_SIGNATURE = 0x04034b50
const END_BYTES = 22
const ENTRY_BYTES = 46
const LOCAL_BYTES = 30
const LONGEST_COMMENT = 0xffff
/** Stands in a field of four bytes whose value is in the extra field of ZIP64. */
const IN_EXTRA = 0xffffffff

/**
 * The directory at the end of a ZIP archive (APPNOTE 6.3, 4.3.12 and 4.3.16). Local headers are not trusted: they may
 * name other files, and tools that write streams leave their sizes at zero.
 *
 * @throws DataError `document.unreadable` where there is none or it leads outside, `document.too_complex` where it
 *   names too many files
 */
export function zipDirectory(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const endAt = findEnd(view)
  const count = view.getUint16(endAt + 10, true)
  if (count > DOCUMENT_LIMITS.archiveEntries)
    throw new DataError(
      'document.too_complex',
      `an archive of ${count} files is over ${DOCUMENT_LIMITS.archiveEntries}`,
    )
  const entries: ZipEntry[] = []
  for (let at = view.getUint32(endAt + 16, true); entries.length < count; at = entryEnd(view, at)) {
    if (at + ENTRY_BYTES > endAt || view.getUint32(at, true) !== ENTRY_SIGNATURE)
      throw broken('its directory is damaged')
    entries.push(readEntry(view, at))
  }
  return entries
}

/** Where the contents of a file begin: behind its local header, which has a name and an extra field of its own. */
export function contentsAt(bytes: Uint8Array, { headerAt, name, compressedBytes }: ZipEntry): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (headerAt + LOCAL_BYTES > bytes.length || view.getUint32(headerAt, true) !== LOCAL_SIGNATURE)
    throw broken(`${name} is not where its directory says`)
  const at = headerAt + LOCAL_BYTES + view.getUint16(headerAt + 26, true) + view.getUint16(headerAt + 28, true)
  if (at + compressedBytes > bytes.length) throw broken(`${name} is cut off`)
  return at
}

function findEnd(view: DataView): number {
  const first = Math.max(0, view.byteLength - END_BYTES - LONGEST_COMMENT)
  for (let at = view.byteLength - END_BYTES; at >= first; at -= 1) {
    if (view.getUint32(at, true) === END_SIGNATURE) return at
  }
  throw broken('it ends before its directory')
}

function readEntry(view: DataView, at: number): ZipEntry {
  const nameBytes = view.getUint16(at + 28, true)
  if (at + ENTRY_BYTES + nameBytes > view.byteLength) throw broken('its directory is damaged')
  const name = Buffer.from(view.buffer, view.byteOffset + at + ENTRY_BYTES, nameBytes).toString('utf8')
  return {
    name,
    isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
    method: view.getUint16(at + 10, true),
    ...bigFields(view, at, at + ENTRY_BYTES + nameBytes),
  }
}

/** ZIP64 (4.5.3) keeps in the extra field, in this order, those of the sizes and the place that do not fit. */
function bigFields(view: DataView, at: number, extraAt: number): { compressedBytes: number; headerAt: number } {
  const [compressedBytes, size, headerAt] = [20, 24, 42].map((offset) => view.getUint32(at + offset, true))
  let next = zip64FieldAt(view, extraAt, view.getUint16(at + 30, true))
  const whole = (value = 0): number => {
    if (value !== IN_EXTRA || next === undefined || next + 8 > view.byteLength) return value
    next += 8
    return Number(view.getBigUint64(next - 8, true))
  }
  whole(size)
  return { compressedBytes: whole(compressedBytes), headerAt: whole(headerAt) }
}

function zip64FieldAt(view: DataView, from: number, length: number): number | undefined {
  const end = Math.min(from + length, view.byteLength)
  for (let at = from; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) === 1) return at + 4
  }
  return undefined
}

const entryEnd = (view: DataView, at: number): number =>
  at + ENTRY_BYTES + [28, 30, 32].reduce((sum, offset) => sum + view.getUint16(at + offset, true), 0)

const broken = (reason: string): DataError =>
  new DataError('document.unreadable', `the archive cannot be opened: ${reason}`)
