import { DataError } from '@stageline/domain'

const LITTLE_ENDIAN = 0x4949
const BIG_ENDIAN = 0x4d4d
const VERSION = 42
const ENTRY_BYTES = 12
/** A fax of more sheets was made to keep readers busy. */
const MOST_DIRECTORIES = 2000

/**
 * Walks the chain of directories of a TIFF (6.0, section 2), one for each picture, and counts them: a decoder would
 * follow a chain that bites its own tail for ever.
 *
 * @throws DataError `document.unreadable` where the chain is broken or endless
 */
export function countTiffDirectories(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const order = bytes.length >= 8 ? view.getUint16(0) : 0
  const isLittle = order === LITTLE_ENDIAN
  if ((!isLittle && order !== BIG_ENDIAN) || view.getUint16(2, isLittle) !== VERSION)
    throw new DataError('document.unreadable', 'the image has no TIFF header that is known')
  const seen = new Set<number>()
  for (let at = view.getUint32(4, isLittle); at !== 0; at = nextDirectory(view, at, isLittle)) {
    if (seen.has(at) || seen.size >= MOST_DIRECTORIES)
      throw new DataError('document.unreadable', 'the chain of pages of the TIFF has no end')
    seen.add(at)
  }
  return seen.size
}

function nextDirectory(view: DataView, at: number, isLittle: boolean): number {
  const pointerAt = at + 2 <= view.byteLength ? at + 2 + view.getUint16(at, isLittle) * ENTRY_BYTES : Infinity
  if (pointerAt + 4 > view.byteLength) throw new DataError('document.unreadable', 'the image ends before its data does')
  return view.getUint32(pointerAt, isLittle)
}
