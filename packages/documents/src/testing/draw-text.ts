import { createCanvas, GlobalFonts, type Canvas } from '@napi-rs/canvas'

/** Why tests that draw text must be skipped on this machine, or `false`. */
export const withoutFonts: string | false = GlobalFonts.families.length === 0 ? 'no fonts on this machine' : false
if (withoutFonts) process.emitWarning(`SKIPPED, tests that draw text: ${withoutFonts}`)

/** Black rows of text on white paper, as a scanner would see them. */
export function drawText(rows: string[], { width = 900, size = 32 } = {}): Canvas {
  const canvas = createCanvas(width, (rows.length + 2) * size * 2)
  const context = canvas.getContext('2d')
  context.fillStyle = '#fff'
  context.fillRect(0, 0, width, canvas.height)
  context.fillStyle = '#000'
  context.font = `${size}px sans-serif`
  rows.forEach((row, index) => context.fillText(row, size, (index + 1.5) * size * 2))
  return canvas
}
