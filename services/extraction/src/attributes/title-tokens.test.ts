import assert from 'node:assert/strict'
import { test } from 'node:test'
import { titleTokens } from './title-tokens.ts'

for (const [title, pieces] of [
  ['Mini Crankbait 40mm 3.5g', ['Mini', 'Crankbait', '40', 'mm', '3.5', 'g']],
  ["Women's Caps, 12-Count", ['Women', "'", 's', 'Cap', 's', ',', '12', '-', 'Count']],
  ['Glass Kiss Plus Tennis', ['Glass', 'Kiss', 'Plus', 'Tennis']],
  ['Man&#39;s Größe', ['Man', '&#39;', 's', 'Größe']],
] as const) {
  test(`"${title}" falls into ${pieces.length} pieces`, () => {
    assert.deepEqual(
      titleTokens(title).map(({ text }) => text),
      pieces,
    )
  })
}

test('pieces stand in the title as they are, in order, and leave out nothing but gaps', () => {
  const title = '  Ünïted™ (Pack of 6)\t— 1,5l  日本 x2\u00a0'

  const tokens = titleTokens(title)

  assert.ok(tokens.every(({ start, end, text }) => title.slice(start, end) === text))
  assert.equal(tokens.map(({ text }) => text).join(''), title.replace(/\s/g, ''))
})

test('a text that is no title is read up to a limit', () => {
  assert.equal(titleTokens('word '.repeat(10_000)).length, 80)
})
