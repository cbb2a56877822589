import { loadImage, type Image } from '@napi-rs/canvas'
import { DataError } from '@stageline/domain'
import type { DocumentDraft, DocumentSource } from '../document-draft.ts'
import { DOCUMENT_LIMITS } from '../document-limits.ts'
import { measureImage } from './measure-image.ts'
import { readScan } from './read-scan.ts'

/**
 * PNG and JPEG by OCR, boxes in pixels of the image as it is shown.
 *
 * @throws DataError `document.unreadable` where it is cut off or damaged, `document.too_complex` where it is too large
 */
export async function readImage({ bytes }: DocumentSource): Promise<DocumentDraft> {
  refuseHugeOrCut(bytes)
  const image = await decode(bytes)
  const { width, height } = image
  const { page, tables } = await readScan(image, { number: 1, width, height, origin: 'ocr' })
  return { pages: [page], tables, metadata: { width: String(width), height: String(height) } }
}

/** Looked up in the file's own header, before a decoder takes the memory. */
function refuseHugeOrCut(bytes: Uint8Array): void {
  const measured = measureImage(bytes)
  if (!measured) throw new DataError('document.unreadable', 'the image has no readable header')
  const { width, height, isComplete } = measured
  if (width * height > DOCUMENT_LIMITS.pixels)
    throw new DataError('document.too_complex', `an image of ${width} by ${height} pixels is too large`)
  if (!isComplete) throw new DataError('document.unreadable', 'the image ends before its data does')
}

async function decode(bytes: Uint8Array): Promise<Image> {
  try {
    return await loadImage(Buffer.from(bytes))
  } catch (error) {
    throw new DataError('document.unreadable', `the image cannot be decoded: ${String(error)}`)
  }
}
