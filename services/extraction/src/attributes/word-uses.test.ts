import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Schema } from './schema.ts'
import { titleTokens } from './title-tokens.ts'
import { useFeatures, WordUses } from './word-uses.ts'

const SCHEMA = new Schema([
  { category: 'Tea', attributes: ['Brand', 'Flavor'] },
  { category: 'Coffee', attributes: ['Flavor'] },
])
const tea = SCHEMA.find('Tea')!
const coffee = SCHEMA.find('Coffee')!
const WORDS = new WordUses(
  [
    { word: 'mint', titles: [[0, 10]], uses: [[1, 9]] },
    { word: 'with', titles: [[0, 10]], uses: [[1, 1]] },
    { word: 'exempla', titles: [[0, 1]], uses: [[0, 1]] },
  ],
  SCHEMA,
)

for (const [word, place, own, meaning] of [
  ['mint', tea, undefined, 'Flavor'],
  ['with', tea, undefined, 'none'],
  ['exempla', tea, undefined, 'Brand?'],
  ['mint', coffee, undefined, 'far Flavor'],
  ['unheard', tea, undefined, 'new'],
  ['exempla', tea, new Map([['exempla', [0]]]), 'new'],
] as const) {
  test(`"${word}" is taken for ${meaning} in ${place === tea ? 'tea' : 'coffee'}${own ? ' by its own title' : ''}`, () => {
    assert.equal(WORDS.classOf(word, place, own), meaning)
  })
}

test('a token speaks by its neighbours too', () => {
  const [brand] = useFeatures(titleTokens('Exempla Mint'), (word) => (word === 'mint' ? 'Flavor' : 'new'))

  assert.ok(brand?.end.includes('Exnew|Flavor'))
})
