import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readProduct } from './product-text.ts'

const read = (name: string, more: { brand?: string; mpn?: string } = {}) => readProduct({ name, ...more }, () => 1)

const sameWords: [one: string, other: string][] = [
  ['500 GB drive', '500gb drive'],
  ['kettle 1.70 l', 'kettle 1.7 litres'],
  ['screen 85 inch', 'screen 85"'],
  ['Café 10-pack', 'cafe 10 pack'],
  ['xq 1,000 sheets', 'xq 1000 sheets'],
]

for (const [one, other] of sameWords) {
  test(`"${one}" and "${other}" are the same words`, () => {
    assert.deepEqual([...read(one).words.keys()], [...read(other).words.keys()])
  })
}

test('a number with its unit is a measure and no code', () => {
  const { measures, codes, numbers } = read('Exempla kettle 1500 W 1.7 l')

  assert.deepEqual(Object.fromEntries([...measures].map(([unit, values]) => [unit, [...values]])), {
    w: ['1500'],
    l: ['1.7'],
  })
  assert.deepEqual([codes, [...numbers]], [[], ['1500', '1.7']])
})

test('letters with digits and long numbers are codes, years are not', () => {
  assert.deepEqual(read('Exempla EXM-KT-200 kettle 70121 2009').codes, ['exmkt200', '70121'])
})

test('a brand that the name leaves out is one of its words', () => {
  assert.ok(read('cordless kettle', { brand: 'Exempla' }).words.has('exempla'))
  assert.equal(read('exempla kettle', { brand: 'Exempla' }).words.size, 2)
})

test('colours have one name, also where an article number shortens them', () => {
  const black = read('Exempla kettle onyx').colours

  assert.deepEqual([...black], ['black'])
  assert.deepEqual(read('Exempla kettle', { mpn: 'KT-200/BLK' }).colours, black)
  assert.equal(read('Exempla blackboard', { mpn: 'BLKT200' }).colours.size, 0)
})
