import type { Word } from '@stageline/domain'
import { getResolvedPDFJS } from 'unpdf'
import type { PdfPage } from './page-words.ts'

/** Scanners and fax gateways print a stamp of a few words over the picture that holds the text. */
const STAMP_WORDS = 12
/** Share of characters without meaning from which the text layer is worthless: fonts without a map to Unicode. */
const MEANINGLESS = 0.3

/** Whether a page's own text is not what a reader sees: there is none, or a stamp over a picture, or only glyph numbers. */
export async function needsOcr(page: PdfPage, words: Word[]): Promise<boolean> {
  if (isMeaningless(words)) return true
  if (words.length > STAMP_WORDS) return false
  const { fnArray } = await page.getOperatorList()
  return words.length === 0 ? fnArray.length > 0 : paintsImage(fnArray)
}

function isMeaningless(words: Word[]): boolean {
  const text = words.map((word) => word.text).join('')
  const meaningless = text.match(/[\p{Co}\p{Cc}\p{Cn}\uFFFD]/gu)?.length ?? 0
  return text.length > 0 && meaningless >= MEANINGLESS * text.length
}

async function paintsImage(operators: number[]): Promise<boolean> {
  const { OPS } = await getResolvedPDFJS()
  const images = [OPS.paintImageXObject, OPS.paintInlineImageXObject, OPS.paintImageMaskXObject]
  return operators.some((operator) => images.includes(operator))
}
