import { createCanvas, ImageData, type Canvas } from '@napi-rs/canvas'
import { DataError } from '@stageline/domain'
import type { Page, Table } from '@stageline/domain'
import UTIF, { type IFD } from 'utif2'
import type { DocumentDraft, DocumentSource } from '../document-draft.ts'
import { DOCUMENT_LIMITS } from '../document-limits.ts'
import { readScan } from './read-scan.ts'
import { countTiffDirectories } from './tiff-directories.ts'

/** Tags of TIFF 6.0 and its supplements, as the decoder names them. */
const TAGS = {
  kind: 't254',
  width: 't256',
  height: 't257',
  stripOffsets: 't273',
  stripBytes: 't279',
  tileOffsets: 't324',
  tileBytes: 't325',
  horizontalResolution: 't282',
  verticalResolution: 't283',
} as const

/**
 * TIFF by OCR: each picture is a page, as scanners and fax gateways write them (G3, G4, LZW, deflate, PackBits, JPEG).
 * Boxes are in pixels; those of a fax, whose pixels are not square, are of the picture stretched to its proportions.
 *
 * @throws DataError `document.unreadable` where it is cut off or damaged, `document.too_complex` where it is too large
 */
export async function readTiff({ bytes }: DocumentSource): Promise<DocumentDraft> {
  countTiffDirectories(bytes)
  const buffer = Uint8Array.from(bytes).buffer
  const pictures = UTIF.decode(buffer).filter(isPage)
  const pages: Page[] = []
  const tables: Table[] = []
  for (const picture of pictures.slice(0, DOCUMENT_LIMITS.ocrPages)) {
    const image = decodePicture(buffer, picture)
    const about = { number: pages.length + 1, width: image.width, height: image.height, origin: 'ocr' } as const
    const read = await readScan(image, about)
    pages.push(read.page)
    tables.push(...read.tables)
  }
  return { pages, tables, metadata: { pages: String(pictures.length) }, warnings: leftOut(pictures.length) }
}

const leftOut = (count: number): string[] =>
  count > DOCUMENT_LIMITS.ocrPages ? [`only the first ${DOCUMENT_LIMITS.ocrPages} of ${count} pages were read`] : []

const numberOf = (picture: IFD, tag: string, index = 0): number | undefined => {
  const values = picture[tag]
  const value: unknown = typeof values === 'object' ? values[index] : undefined
  return typeof value === 'number' ? value : undefined
}

/** Directories without a size hold no picture; bit 0 of the kind marks a small copy of another page. */
const isPage = (picture: IFD): boolean =>
  numberOf(picture, TAGS.width) !== undefined && ((numberOf(picture, TAGS.kind) ?? 0) & 1) === 0

function decodePicture(buffer: ArrayBuffer, picture: IFD): Canvas {
  refuseHugeOrCut(buffer, picture)
  UTIF.decodeImage(buffer, picture)
  if (!picture.data) throw new DataError('document.unreadable', 'a page of the TIFF has no picture')
  const { width, height } = picture
  const canvas = createCanvas(width, height)
  canvas.getContext('2d').putImageData(new ImageData(new Uint8ClampedArray(UTIF.toRGBA8(picture)), width, height), 0, 0)
  return squarePixels(
    canvas,
    resolution(picture, TAGS.horizontalResolution),
    resolution(picture, TAGS.verticalResolution),
  )
}

/** Looked up in the directory, before a decoder takes the memory. */
function refuseHugeOrCut(buffer: ArrayBuffer, picture: IFD): void {
  const [width = 0, height = 0] = [numberOf(picture, TAGS.width), numberOf(picture, TAGS.height)]
  if (width * height > DOCUMENT_LIMITS.pixels)
    throw new DataError('document.too_complex', `an image of ${width} by ${height} pixels is too large`)
  if (width * height === 0) throw new DataError('document.unreadable', 'a page of the TIFF has no size')
  const ends = [[TAGS.stripOffsets, TAGS.stripBytes] as const, [TAGS.tileOffsets, TAGS.tileBytes] as const].flatMap(
    ([offsets, sizes]) => lastEnd(picture, offsets, sizes),
  )
  if (Math.max(0, ...ends) > buffer.byteLength)
    throw new DataError('document.unreadable', 'the image ends before its data does')
}

/** Where the last piece of a picture ends; writers put pieces in order. */
function lastEnd(picture: IFD, offsets: string, sizes: string): number[] {
  const values = picture[offsets]
  const last = typeof values === 'object' ? values.length - 1 : -1
  const [at, size] = [numberOf(picture, offsets, last), numberOf(picture, sizes, last)]
  return at === undefined || size === undefined ? [] : [at + size]
}

/** A resolution is a fraction; the decoder gives it as a pair. */
function resolution(picture: IFD, tag: string): number {
  const values = picture[tag]
  const [pair]: unknown[] = typeof values === 'object' ? [...values] : []
  const [over, under]: unknown[] = Array.isArray(pair) ? pair : []
  return typeof over === 'number' && typeof under === 'number' && under > 0 ? over / under : 0
}

/** Fax of standard resolution has 204 pixels to the inch across and 98 down. */
function squarePixels(canvas: Canvas, across: number, down: number): Canvas {
  const ratio = across / down
  if (!(ratio > 1.2 && ratio < 4) || canvas.width * canvas.height * ratio > DOCUMENT_LIMITS.pixels) return canvas
  const stretched = createCanvas(canvas.width, Math.round(canvas.height * ratio))
  stretched.getContext('2d').drawImage(canvas, 0, 0, stretched.width, stretched.height)
  return stretched
}
