/**
 * The stage of the example `product-workflow`: measures the image of a product, which others put into a folder, sooner or
 * later. While it is not there the stage throws, and the retry plan of the line decides what follows.
 */
import { defineStage } from '@stageline/runtime'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'

const Input = z.object({ image: z.string().min(1) })
const Output = z.object({ imageBytes: z.number().int() })

export const imageFetchStage = ({ folder }: { folder: string }) =>
  defineStage({
    name: 'image-fetch',
    input: Input,
    output: Output,
    handle: async ({ image }) => {
      const found = await stat(join(folder, basename(image))).catch(() => undefined)
      if (!found) throw new Error(`The image ${image} is not there yet`)
      return { imageBytes: found.size }
    },
  })
