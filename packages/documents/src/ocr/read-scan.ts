import type { Canvas, Image } from '@napi-rs/canvas'
import type { Box, Line, Page, Word } from '@stageline/domain'
import { roundBox } from '../layout/box.ts'
import { layoutPage, type ReadPage } from '../layout/layout-page.ts'
import { prepareImage } from './prepare-image.ts'
import { recognise } from './recognise.ts'
import { TURNS, turnBack, turnImage, type Turn } from './turn-image.ts'

/** Mean confidence above which a reading makes sense: upright real receipts have 0.67 to 0.85, turned ones 0.24 to 0.41. */
const LEGIBLE = 0.5

type Reading = { words: Word[]; turn: Turn }

/**
 * Reads a picture of a page by OCR, also one that lies on its side or stands on its head: lines come in the order in
 * which a person would read them, boxes where they are in the picture as it was given.
 *
 * @param factor what a pixel of the picture is in the unit of the page
 */
export async function readScan(image: Canvas | Image, about: Omit<Page, 'lines'>, factor = 1): Promise<ReadPage> {
  const { words, turn } = await readAnyTurn(image)
  const { page, tables } = layoutPage(words, about)
  const place = (box: Box): Box => {
    const [left, top, right, bottom] = turnBack(box, turn, image)
    return roundBox([left * factor, top * factor, right * factor, bottom * factor])
  }
  return { page: { ...page, lines: page.lines.map((line) => placeLine(line, place)) }, tables }
}

async function readAnyTurn(image: Canvas | Image): Promise<Reading> {
  const upright = await readTurned(image, 0)
  if (isLegible(upright)) return upright
  for (const turn of TURNS) {
    const reading = await readTurned(image, turn)
    if (isLegible(reading)) return reading
  }
  return upright
}

async function readTurned(image: Canvas | Image, turn: Turn): Promise<Reading> {
  const { pgm, scale, dpi } = prepareImage(turn === 0 ? image : turnImage(image, turn))
  const words = await recognise(pgm, dpi)
  return { turn, words: words.map((word) => ({ ...word, box: shrink(word.box, scale) })) }
}

/** By characters, because noise is read as many short words. Nothing read at all is a blank page, however it lies. */
function isLegible({ words }: Reading): boolean {
  const characters = words.reduce((sum, { text }) => sum + text.length, 0)
  const sure = words.reduce((sum, { text, confidence = 0 }) => sum + text.length * confidence, 0)
  return sure >= LEGIBLE * characters
}

const shrink = ([left, top, right, bottom]: Box, scale: number): Box => [
  left / scale,
  top / scale,
  right / scale,
  bottom / scale,
]

function placeLine({ text, box, words = [] }: Line, place: (box: Box) => Box): Line {
  return { text, ...(box ? { box: place(box) } : {}), words: words.map((word) => ({ ...word, box: place(word.box) })) }
}
