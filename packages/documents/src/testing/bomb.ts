import { constants, deflateRawSync } from 'node:zlib'

/**
 * What unpacks to `seed` so often that it takes `bytes`: packed pieces that each stand alone, one after another. Made in
 * the memory of one piece, a thousandth of what a reader would need.
 *
 * @param seed what unpacked text begins with, once
 */
export function deflateBomb(bytes: number, repeated: string, seed = ''): Buffer {
  const flush = { finishFlush: constants.Z_SYNC_FLUSH }
  const text = repeated.repeat(Math.ceil(PIECE_BYTES / repeated.length))
  const piece = deflateRawSync(text, flush)
  const count = Math.ceil(bytes / text.length)
  return Buffer.concat([deflateRawSync(seed, flush), ...Array.from({ length: count }, () => piece)])
}

const PIECE_BYTES = 4_000_000

/** The same for readers of zlib streams (RFC 1950): two bytes before it. */
export const zlibBomb = (bytes: number, repeated: string, seed = ''): Buffer =>
  Buffer.concat([Buffer.from([0x78, 0x9c]), deflateBomb(bytes, repeated, seed)])
