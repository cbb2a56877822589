import type { MeasuredImage } from './measure-image.ts'

const START = 0xffd8
const END_OF_IMAGE = 0xd9
const START_OF_SCAN = 0xda

/**
 * JPEG (ITU-T T.81, B.1): marker segments with their length; after a start of scan, coded data up to the next marker
 * that is neither a stuffed zero nor a restart. Decoders fill up what is cut off with grey; here it is told.
 */
export function measureJpeg(view: DataView): MeasuredImage | undefined {
  if (view.byteLength < 4 || view.getUint16(0) !== START) return undefined
  let size: { width: number; height: number } | undefined
  let at = nextMarker(view, 2)
  while (at + 4 <= view.byteLength) {
    const marker = view.getUint8(at + 1)
    if (isFrame(marker) && at + 9 <= view.byteLength)
      size ??= { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    const end = at + 2 + view.getUint16(at + 2)
    at = marker === START_OF_SCAN ? nextMarker(view, end) : end
    if (isEnd(view, at)) return size && { ...size, isComplete: true }
    if (marker !== START_OF_SCAN) at = nextMarker(view, at)
  }
  return size && { ...size, isComplete: false }
}

const isEnd = (view: DataView, at: number): boolean =>
  at + 2 <= view.byteLength && view.getUint8(at + 1) === END_OF_IMAGE

/** Start of frame: C0 to CF without the tables and codes C4, C8 and CC. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

/** Where the next marker begins: a byte FF followed by neither 00, nor FF, nor a restart (D0 to D7). */
function nextMarker(view: DataView, from: number): number {
  for (let at = from; at + 1 < view.byteLength; at += 1) {
    if (view.getUint8(at) === 0xff && isMarker(view.getUint8(at + 1))) return at
  }
  return view.byteLength
}

const isMarker = (code: number): boolean => code !== 0x00 && code !== 0xff && !(code >= 0xd0 && code <= 0xd7)
