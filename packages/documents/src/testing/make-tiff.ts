import { deflateSync } from 'node:zlib'
import type { Canvas } from '@napi-rs/canvas'

/** Numbers of TIFF 6.0 for the ways to pack a picture. */
export const TIFF_PACKING = { none: 1, fax4: 4, lzw: 5, deflate: 8 } as const

/** A page: its tags by number beside the usual ones, and its packed bytes. */
export type TiffPage = {
  width: number
  height: number
  packing: number
  bytes: Uint8Array
  bitsPerSample?: number
  /** 0: white is zero, 1: black is zero. */
  photometric?: number
  others?: [tag: number, value: number][]
}

/** The grey values of a drawing as a page of a TIFF. */
export function tiffPage(canvas: Canvas, packing: keyof typeof TIFF_PACKING): TiffPage {
  const { width, height } = canvas
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height)
  const grey = Uint8Array.from({ length: width * height }, (_, index) => data[index * 4] ?? 0)
  const packed = { none: grey, lzw: packLzw(grey), deflate: deflateSync(grey), fax4: grey }[packing]
  return { width, height, packing: TIFF_PACKING[packing], bytes: packed }
}

/** Writes a TIFF in the byte order of Intel: for each page its bytes, then its directory, which points to the next. */
export function makeTiff(pages: TiffPage[]): Buffer {
  const parts: Buffer[] = [Buffer.from('II*\0\0\0\0\0')]
  let size = 8
  let pointer = { part: parts[0]!, at: 4 }
  for (const page of pages) {
    const padded = Buffer.concat([page.bytes, Buffer.alloc(page.bytes.length % 2)])
    const directory = makeDirectory(page, size)
    pointer.part.writeUInt32LE(size + padded.length, pointer.at)
    pointer = { part: directory, at: directory.length - 4 }
    parts.push(padded, directory)
    size += padded.length + directory.length
  }
  return Buffer.concat(parts)
}

function makeDirectory(page: TiffPage, bytesAt: number): Buffer {
  const { width, height, packing, bytes, bitsPerSample = 8, photometric = 1, others = [] } = page
  const tags: [number, number][] = [
    [256, width],
    [257, height],
    [258, bitsPerSample],
    [259, packing],
    [262, photometric],
    [273, bytesAt],
    [277, 1],
    [278, height],
    [279, bytes.length],
    ...others,
  ]
  const directory = Buffer.alloc(2 + tags.length * 12 + 4)
  directory.writeUInt16LE(tags.length, 0)
  tags
    .sort(([a], [b]) => a - b)
    .forEach(([tag, value], index) => {
      directory.writeUInt16LE(tag, 2 + index * 12)
      directory.writeUInt16LE(4, 4 + index * 12)
      directory.writeUInt32LE(1, 6 + index * 12)
      directory.writeUInt32LE(value, 10 + index * 12)
    })
  return directory
}

const CLEAR = 256
const END = 257
const CODE_BITS = 9

/** LZW of TIFF that never uses its table: it is cleared before codes would need a tenth bit. */
function packLzw(bytes: Uint8Array): Uint8Array {
  const codes = [...bytes].flatMap((byte, index) => (index % 200 === 0 ? [CLEAR, byte] : [byte]))
  const bits = [...codes, END].map((code) => code.toString(2).padStart(CODE_BITS, '0')).join('')
  const packed = bits.match(/.{1,8}/g) ?? []
  return Uint8Array.from(packed, (eight) => Number.parseInt(eight.padEnd(8, '0'), 2))
}
