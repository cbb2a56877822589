import type { Box } from '@stageline/domain'

/** The smallest box around all of them. */
export function boxAround(boxes: Box[]): Box {
  return [
    Math.min(...boxes.map(([left]) => left)),
    Math.min(...boxes.map(([, top]) => top)),
    Math.max(...boxes.map(([, , right]) => right)),
    Math.max(...boxes.map(([, , , bottom]) => bottom)),
  ]
}

export const heightOf = ([, top, , bottom]: Box): number => bottom - top

/** Two decimals: a hundredth of a point is finer than any print, and stored models stay small. */
export const roundBox = ([left, top, right, bottom]: Box): Box => [
  Math.round(left * 100) / 100,
  Math.round(top * 100) / 100,
  Math.round(right * 100) / 100,
  Math.round(bottom * 100) / 100,
]
