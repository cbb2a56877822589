import { createCanvas, GlobalFonts } from '@napi-rs/canvas'
import type { Canvas, SKRSContext2D } from '@napi-rs/canvas'

const FONT = 'DejaVu Sans'

export type Scan = { width: number; height: number; degrees: number; noise: number }

/** Draws on paper, turns the sheet a little and adds the grain of a scanner: the same pixels every time. */
export function scan(draw: (paper: SKRSContext2D) => void, { width, height, degrees, noise }: Scan): Canvas {
  if (!GlobalFonts.has(FONT))
    throw new Error(`Scans are drawn with the font ${FONT}; install it (Debian: fonts-dejavu-core)`)
  const canvas = createCanvas(width, height)
  const paper = canvas.getContext('2d')
  paper.fillStyle = '#f4f3ee'
  paper.fillRect(0, 0, width, height)
  paper.translate(width / 2, height / 2)
  paper.rotate((degrees * Math.PI) / 180)
  paper.translate(-width / 2, -height / 2)
  paper.fillStyle = '#1c1c1c'
  draw(paper)
  paper.resetTransform()
  addGrain(paper, width, height, noise)
  return canvas
}

/** Text with its left end at x, or its right end where `align` says so. */
export function write(
  paper: SKRSContext2D,
  text: string,
  x: number,
  y: number,
  size: number,
  align: 'left' | 'right' | 'center' = 'left',
) {
  paper.font = `${size}px "${FONT}"`
  paper.textAlign = align
  paper.fillText(text, x, y)
}

function addGrain(paper: SKRSContext2D, width: number, height: number, strength: number) {
  const image = paper.getImageData(0, 0, width, height)
  const random = randomFrom(20_261_120)
  for (let at = 0; at < image.data.length; at += 4) {
    const shift = (random() - 0.5) * 2 * strength
    for (const channel of [0, 1, 2]) image.data[at + channel] = (image.data[at + channel] ?? 0) + shift
  }
  paper.putImageData(image, 0, 0)
}

/** Mulberry32, a small generator of equal numbers for equal seeds. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
