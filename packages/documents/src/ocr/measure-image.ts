import { measureJpeg } from './measure-jpeg.ts'
import { measurePng } from './measure-png.ts'

/** Size in pixels as the header says, and whether the file reaches its end mark. */
export type MeasuredImage = { width: number; height: number; isComplete: boolean }

/** Reads headers of PNG and JPEG without decoding; `undefined` where the bytes are neither, or end before the size. */
export function measureImage(bytes: Uint8Array): MeasuredImage | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return measurePng(view) ?? measureJpeg(view)
}
