import { createCanvas, type Canvas, type Image, type SKRSContext2D } from '@napi-rs/canvas'
import { stretchContrast } from './stretch-contrast.ts'

/** An image ready for OCR: grey, in the portable graymap format, `scale` times the size of the original. */
export type PreparedImage = { pgm: Uint8Array; scale: number; dpi: number }

/** Width in pixels to which narrower images are enlarged, up to twice: more makes print soft and reads worse. */
const WANTED_WIDTH = 1600
const MAX_ENLARGEMENT = 2
/** Above this many pixels an image is made smaller: 300 dpi of an A3 sheet, and the memory of OCR stays bounded. */
const MAX_PIXELS = 18_000_000

/** Enlarges, turns grey and stretches the contrast. Transparent parts become white paper. */
export function prepareImage(image: Canvas | Image): PreparedImage {
  const scale = chooseScale(image.width, image.height)
  const width = Math.max(1, Math.round(image.width * scale))
  const height = Math.max(1, Math.round(image.height * scale))
  const context = createCanvas(width, height).getContext('2d')
  context.fillStyle = '#fff'
  context.fillRect(0, 0, width, height)
  context.imageSmoothingQuality = 'high'
  context.drawImage(image, 0, 0, width, height)
  return { pgm: toPgm(context, width, height), scale, dpi: 300 }
}

function chooseScale(width: number, height: number): number {
  const enlarged = Math.min(MAX_ENLARGEMENT, Math.max(1, WANTED_WIDTH / Math.min(width, height)))
  return Math.min(enlarged, Math.sqrt(MAX_PIXELS / (width * height)))
}

/** Netpbm `P5`: a header of text and one byte a pixel, which costs no compression. */
function toPgm(context: SKRSContext2D, width: number, height: number): Uint8Array {
  const header = Buffer.from(`P5\n${width} ${height}\n255\n`)
  const pgm = new Uint8Array(header.length + width * height)
  pgm.set(header)
  const grey = pgm.subarray(header.length)
  toGrey(context.getImageData(0, 0, width, height).data, grey)
  stretchContrast(grey)
  return pgm
}

/** Luma of ITU-R BT.601 in whole numbers. */
function toGrey(rgba: Uint8ClampedArray, grey: Uint8Array): void {
  for (let pixel = 0; pixel < grey.length; pixel += 1) {
    const at = pixel * 4
    grey[pixel] = (77 * (rgba[at] ?? 0) + 150 * (rgba[at + 1] ?? 0) + 29 * (rgba[at + 2] ?? 0)) >> 8
  }
}
