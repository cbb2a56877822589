import type { Canvas, Image } from '@napi-rs/canvas'
import type { Word } from '@stageline/domain'
import { prepareImage } from './prepare-image.ts'
import { recognise } from './recognise.ts'

/**
 * Reads words off an image.
 *
 * @param factor what a pixel of the image is in the unit of the boxes that are wanted
 */
export async function readPixels(image: Canvas | Image, factor = 1): Promise<Word[]> {
  const { pgm, scale, dpi } = prepareImage(image)
  const words = await recognise(pgm, dpi)
  const unit = factor / scale
  return words.map(({ text, box: [left, top, right, bottom], confidence }) => ({
    text,
    box: [left * unit, top * unit, right * unit, bottom * unit],
    ...(confidence === undefined ? {} : { confidence }),
  }))
}
