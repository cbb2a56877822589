import type { MeasuredImage } from './measure-image.ts'

const SIGNATURE = 0x89504e47
const HEADER_CHUNK = 0x49484452
const END_CHUNK = 0x49454e44

/** PNG (ISO 15948): a chunk is its length, its name, its data and four bytes of checksum. */
export function measurePng(view: DataView): MeasuredImage | undefined {
  if (view.byteLength < 24 || view.getUint32(0) !== SIGNATURE || view.getUint32(12) !== HEADER_CHUNK) return undefined
  return { width: view.getUint32(16), height: view.getUint32(20), isComplete: hasEndChunk(view) }
}

function hasEndChunk(view: DataView): boolean {
  for (let at = 8; at + 8 <= view.byteLength; at += 12 + view.getUint32(at)) {
    if (view.getUint32(at + 4) === END_CHUNK) return true
  }
  return false
}
