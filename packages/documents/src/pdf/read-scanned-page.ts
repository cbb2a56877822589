import { createCanvas, type Canvas } from '@napi-rs/canvas'
import type { ReadPage } from '../layout/layout-page.ts'
import { readScan } from '../ocr/read-scan.ts'
import type { PdfPage } from './page-words.ts'

/** 300 dpi, what OCR was trained for: PDF points are 72 to the inch. */
const SCALE = 300 / 72
/** Longest side of a rendered page, in pixels: a poster is rendered coarser, a page of 14,400 points does not kill. */
const MAX_SIDE = 5000

/** Renders a page and reads it by OCR; boxes are in points, like those of pages with text. */
export async function readScannedPage(page: PdfPage, number: number): Promise<ReadPage> {
  const { width, height } = page.getViewport({ scale: 1 })
  const scale = Math.min(SCALE, MAX_SIDE / Math.max(width, height))
  return readScan(await renderPage(page, scale), { number, width, height, origin: 'ocr' }, 1 / scale)
}

async function renderPage(page: PdfPage, scale: number): Promise<Canvas> {
  const viewport = page.getViewport({ scale })
  const canvas = createCanvas(Math.ceil(viewport.width), Math.ceil(viewport.height))
  await page.render({ canvas: null, canvasContext: canvas.getContext('2d'), viewport }).promise
  return canvas
}
