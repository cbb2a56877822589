import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { SystemError } from '@stageline/domain'
import type { Word } from '@stageline/domain'
import { createWorker, OEM, PSM, type Page, type Worker } from 'tesseract.js'

/** One engine a process, started with the first image: it takes some hundred megabytes. */
let engine: Promise<Worker> | undefined

/**
 * One block of rows: finding columns is our layout's part, and finer segmentation loses rows of receipts. Sauvola's local
 * threshold copes with shadows. Of nine settings tried on real receipts, these found most words and dates.
 */
const PARAMETERS = { tessedit_pageseg_mode: PSM.SINGLE_BLOCK, thresholding_method: '2' }

/**
 * Reads the words of a prepared image with Tesseract and its English data, which know all Latin letters of western
 * Europe poorly and digits well. Boxes are in pixels of that image, confidence is Tesseract's own, divided by 100.
 *
 * @throws SystemError `document.reader_unavailable` where the engine or its language data cannot be loaded
 */
export async function recognise(image: Uint8Array, dpi: number): Promise<Word[]> {
  const worker = await (engine ??= startEngine())
  await worker.setParameters({ ...PARAMETERS, user_defined_dpi: String(dpi) })
  const { data } = await worker.recognize(
    Buffer.from(image.buffer, image.byteOffset, image.length),
    {},
    {
      text: false,
      blocks: true,
    },
  )
  return wordsOf(data)
}

/**
 * Language data comes with a package: nothing is fetched, nothing is written. Where loading it fails, `createWorker` of
 * tesseract.js 7 never settles and only its error handler hears of it.
 */
async function startEngine(): Promise<Worker> {
  const data = dirname(createRequire(import.meta.url).resolve('@tesseract.js-data/eng/package.json'))
  const { promise: failed, reject } = Promise.withResolvers<never>()
  const started = createWorker('eng', OEM.LSTM_ONLY, {
    langPath: join(data, '4.0.0_best_int'),
    gzip: true,
    cacheMethod: 'none',
    errorHandler: reject,
  })
  try {
    return await Promise.race([started, failed])
  } catch (error) {
    engine = undefined
    throw new SystemError('document.reader_unavailable', `OCR cannot start: ${String(error)}`)
  }
}

function wordsOf({ blocks }: Page): Word[] {
  return (blocks ?? [])
    .flatMap(({ paragraphs }) => paragraphs)
    .flatMap(({ lines }) => lines)
    .flatMap(({ words }) => words)
    .filter(({ text }) => text.trim() !== '')
    .map(({ text, confidence, bbox }) => ({
      text: text.trim(),
      box: [bbox.x0, bbox.y0, bbox.x1, bbox.y1],
      confidence: Math.min(1, Math.max(0, confidence / 100)),
    }))
}
