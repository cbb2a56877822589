import type { Box, Word } from '@stageline/domain'
import type { Pdf } from './open-pdf.ts'

export type PdfPage = Awaited<ReturnType<Pdf['getPage']>>
type TextItem = { str: string; transform: number[]; width: number; height: number }
type Matrix = readonly number[]

/** Share of the font size above and below the baseline, near what most text fonts have. */
const ASCENT = 0.8
const DESCENT = 0.2

/**
 * The words of a page with boxes in points from its top left corner, as it is shown (rotation applied). PDF.js gives
 * runs of text with one width; words inside share it by their length in characters.
 */
export async function pageWords(page: PdfPage): Promise<Word[]> {
  const { transform } = page.getViewport({ scale: 1 })
  const { items } = await page.getTextContent()
  return items.filter((item) => 'str' in item).flatMap((item) => itemWords(item, transform))
}

function itemWords(item: TextItem, viewport: Matrix): Word[] {
  const length = item.str.length
  return [...item.str.matchAll(/\S+/g)].map(({ 0: text, index }) => ({
    text,
    box: partBox(item, viewport, index / length, (index + text.length) / length),
  }))
}

/** The box of the part of a run between two shares of its width. */
function partBox(item: TextItem, viewport: Matrix, from: number, to: number): Box {
  const matrix = multiply(viewport, unitRun(item.transform))
  const size = Math.hypot(item.transform[2] ?? 0, item.transform[3] ?? 0)
  const corners = [from * item.width, to * item.width].flatMap((x) => [
    apply(matrix, x, ASCENT * size),
    apply(matrix, x, -DESCENT * size),
  ])
  const xs = corners.map(([x]) => x)
  const ys = corners.map(([, y]) => y)
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

/** The run's matrix without its font size: `width` of PDF.js is already in the units of the page. */
function unitRun([a = 1, b = 0, c = 0, d = 1, e = 0, f = 0]: Matrix): Matrix {
  const alongLength = Math.hypot(a, b) || 1
  const acrossLength = Math.hypot(c, d) || 1
  return [a / alongLength, b / alongLength, c / acrossLength, d / acrossLength, e, f]
}

function multiply([a = 1, b = 0, c = 0, d = 1, e = 0, f = 0]: Matrix, m: Matrix): Matrix {
  const [ma = 1, mb = 0, mc = 0, md = 1, me = 0, mf = 0] = m
  return [a * ma + c * mb, b * ma + d * mb, a * mc + c * md, b * mc + d * md, a * me + c * mf + e, b * me + d * mf + f]
}

function apply([a = 1, b = 0, c = 0, d = 1, e = 0, f = 0]: Matrix, x: number, y: number): [number, number] {
  return [a * x + c * y + e, b * x + d * y + f]
}
