import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Word } from '@stageline/domain'
import { layoutPage } from './layout-page.ts'

const PAGE = { number: 1, width: 600, height: 800, origin: 'text' } as const

test('words that stand a little higher or lower share their row, in order of place', () => {
  const words = [print(200, 101, 'EUR'), print(100, 100, 'Total'), print(160, 98.5, '5.00'), print(100, 113, 'Thanks')]

  assert.deepEqual(texts(words), ['Total  5.00  EUR', 'Thanks'])
})

test('a blank joins words, two blanks tell a wide gap', () => {
  assert.deepEqual(texts([print(10, 10, 'net'), print(29, 10, 'total'), print(400, 10, '9.00')]), ['net total  9.00'])
})

test('two columns of prose are read one after the other', () => {
  const words = Array.from({ length: 9 }, (_, row) => [
    ...sentence(20, row * 12, `left column row ${row} with words`),
    ...sentence(320, row * 12, `right column row ${row} with words`),
  ]).flat()
  const heading = sentence(20, -30, 'A heading above that runs over the whole width of the page as headings often do')

  const lines = texts([...heading, ...words])

  assert.match(lines[0] ?? '', /^A heading/)
  assert.deepEqual(
    lines.slice(1).map((line) => line.split(' ')[0]),
    [...Array<string>(9).fill('left'), ...Array<string>(9).fill('right')],
  )
})

test('labels with values, and two addresses side by side, stay rows', () => {
  const labels = Array.from({ length: 12 }, (_, row) => [
    print(20, row * 12, `Label${row}`),
    print(400, row * 12, `${row}.00`),
  ])
  const addresses = Array.from({ length: 5 }, (_, row) => [
    ...sentence(20, row * 12, 'a line of the seller here'),
    ...sentence(320, row * 12, 'a line of the buyer here'),
  ])

  assert.equal(texts(labels.flat()).length, 12)
  assert.equal(texts(addresses.flat()).length, 5)
})

test('two rows of figures are not a table', () => {
  const words = [0, 1].flatMap((row) => [20, 200, 400].map((x) => print(x, row * 12, `${row}.50`)))

  assert.deepEqual(layoutPage(words, PAGE).tables, [])
})

/** A word of ten units height, five wide a character. */
const print = (left: number, top: number, text: string): Word => ({
  text,
  box: [left, top, left + text.length * 5, top + 10],
})

function sentence(left: number, top: number, text: string): Word[] {
  let x = left
  return text.split(' ').map((word) => {
    const printed = print(x, top, word)
    x = printed.box[2] + 3
    return printed
  })
}

const texts = (words: Word[]): string[] => layoutPage(words, PAGE).page.lines.map(({ text }) => text)
