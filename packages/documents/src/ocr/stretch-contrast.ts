/** Share of the pixels that may become pure black, and pure white. */
const CLIPPED = 0.01

/** Spreads grey values in place, so that all but the outermost percents span 0 to 255. A blank image stays as it is. */
export function stretchContrast(grey: Uint8Array): void {
  const histogram = new Uint32Array(256)
  for (const value of grey) histogram[value] = (histogram[value] ?? 0) + 1
  const limit = CLIPPED * grey.length
  const low = firstBeyond(histogram, limit)
  const high = 255 - firstBeyond(histogram.toReversed(), limit)
  if (high - low < 32) return
  const table = Uint8ClampedArray.from(histogram, (_, value) => ((value - low) * 255) / (high - low))
  for (let index = 0; index < grey.length; index += 1) grey[index] = table[grey[index] ?? 0] ?? 0
}

function firstBeyond(histogram: Uint32Array, limit: number): number {
  let sum = 0
  return histogram.findIndex((count) => (sum += count) > limit)
}
