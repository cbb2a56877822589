import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCanvas } from '@napi-rs/canvas'
import { createDocumentReader } from '../document-reader.ts'
import { drawText, withoutFonts } from '../testing/draw-text.ts'
import { turnBack, turnImage } from './turn-image.ts'
import { measureImage } from './measure-image.ts'

const ROWS = ['Corner Bakery', 'Rye bread 3.20', 'Total 3.20']

test(
  'PNG and JPEG are read, with boxes in pixels of the original and a confidence',
  { skip: withoutFonts },
  async () => {
    await using reader = createDocumentReader()
    const canvas = drawText(ROWS)

    for (const format of ['png', 'jpeg'] as const) {
      const bytes = format === 'png' ? await canvas.encode('png') : await canvas.encode('jpeg')
      const { pages } = await reader.read(bytes, { mediaType: `image/${format}` })

      const [page] = pages
      assert.deepEqual([page?.width, page?.height, page?.origin], [canvas.width, canvas.height, 'ocr'])
      assert.deepEqual(
        page?.lines.map(({ text }) => text.replaceAll('  ', ' ')),
        ROWS,
      )
      const [left = 0, top = 0, , bottom = 0] = page?.lines[0]?.box ?? []
      assert.ok(left > 25 && left < 45 && top > 55 && bottom < 115, `box ${left} ${top} ${bottom}`)
      assert.ok((page?.lines[0]?.words?.[0]?.confidence ?? 0) > 0.5)
    }
  },
)

test('a picture on its side or head is read in order, its boxes where they are', { skip: withoutFonts }, async () => {
  await using reader = createDocumentReader()
  const upright = drawText(ROWS)

  for (const turn of [90, 180, 270] as const) {
    const turned = turnImage(upright, turn)
    const { pages } = await reader.read(await turned.encode('png'), { mediaType: 'image/png' })

    assert.deepEqual(
      pages[0]?.lines.map(({ text }) => text.replaceAll('  ', ' ')),
      ROWS,
      `turned by ${turn}`,
    )
    const [left, top, right, bottom] = turnBack(pages[0]?.lines[0]?.box ?? [0, 0, 0, 0], turn, upright)
    assert.ok(
      left > 25 && left < 45 && top > 55 && bottom < 115 && right < 400,
      `box ${left} ${top} ${right} ${bottom}`,
    )
  }
})

test('a cut image is unreadable, also where a decoder would fill it with grey', async () => {
  await using reader = createDocumentReader()
  const canvas = drawText(ROWS)

  for (const format of ['png', 'jpeg'] as const) {
    const bytes = format === 'png' ? await canvas.encode('png') : await canvas.encode('jpeg')
    const cut = reader.read(bytes.subarray(0, bytes.length * 0.7), { mediaType: `image/${format}` })
    await assert.rejects(cut, { name: 'DataError', code: 'document.unreadable' })
  }
})

test('a blank image has no content', async () => {
  await using reader = createDocumentReader()

  const blank = reader.read(await drawText([]).encode('png'), { mediaType: 'image/png' })

  await assert.rejects(blank, { code: 'document.no_content' })
})

test('an image of too many pixels is refused by its header alone', async () => {
  await using reader = createDocumentReader()
  const bytes = Buffer.from(await createCanvas(8, 8).encode('png'))
  bytes.writeUInt32BE(100_000, 16)
  bytes.writeUInt32BE(100_000, 20)

  await assert.rejects(reader.read(bytes, { mediaType: 'image/png' }), { code: 'document.too_complex' })
})

test('headers tell size and completeness', async () => {
  const canvas = createCanvas(31, 17)
  const png = await canvas.encode('png')
  const jpeg = await canvas.encode('jpeg')

  assert.deepEqual(measureImage(png), { width: 31, height: 17, isComplete: true })
  assert.deepEqual(measureImage(jpeg), { width: 31, height: 17, isComplete: true })
  assert.equal(measureImage(jpeg.subarray(0, -2))?.isComplete, false)
  assert.equal(measureImage(png.subarray(0, -12))?.isComplete, false)
  assert.equal(measureImage(Buffer.from('neither of both, but long enough for it')), undefined)
})
