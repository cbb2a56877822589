import { createCanvas, type Canvas, type Image } from '@napi-rs/canvas'
import type { Box } from '@stageline/domain'

/** Degrees clockwise. */
export type Turn = 0 | 90 | 180 | 270

/** The turns to try, most frequent first. */
export const TURNS = [180, 90, 270] as const

/** A copy of an image, turned clockwise. */
export function turnImage(image: Canvas | Image, turn: Turn): Canvas {
  const isSideways = turn === 90 || turn === 270
  const canvas = isSideways ? createCanvas(image.height, image.width) : createCanvas(image.width, image.height)
  const context = canvas.getContext('2d')
  context.translate(canvas.width / 2, canvas.height / 2)
  context.rotate((turn * Math.PI) / 180)
  context.drawImage(image, -image.width / 2, -image.height / 2)
  return canvas
}

/** Where a box of the turned image is in the original, whose size is given. */
export function turnBack(
  [left, top, right, bottom]: Box,
  turn: Turn,
  { width, height }: { width: number; height: number },
): Box {
  switch (turn) {
    case 0:
      return [left, top, right, bottom]
    case 90:
      return [top, height - right, bottom, height - left]
    case 180:
      return [width - right, height - bottom, width - left, height - top]
    case 270:
      return [width - bottom, left, width - top, right]
    default:
      return turn satisfies never
  }
}
