import assert from 'node:assert/strict'
import { test } from 'node:test'
import { typeWords } from './type-words.ts'

for (const [text, name] of [
  ['Credit note CN-7', 'credit'],
  ['Gutschrift Nr. 7', 'credit'],
  ['Avoir AV-7', 'credit'],
  ['Gutschrift (Selbst ausgestellte Rechnung) 7', 'selfBilled'],
  ['Abschlagsrechnung 7', 'invoice'],
  ['Lisa ostukorvi', 'cart'],
  ['أضف إلى السلة', 'cart'],
  ['加入購物車', 'cartAsian'],
  ['Precio: $ 3.340', 'price'],
  ['Cena: 54,50 €', 'price'],
  ['Entradas', 'trade'],
  ['Leia também', 'news'],
] as const) {
  test(`"${text}" speaks of ${name}`, () => {
    assert.ok(typeWords(text, 100).includes(`y:${name}`))
  })
}

test('an invoice that its buyer wrote is no credit note, nor is a word within another', () => {
  assert.ok(!typeWords('Gutschrift (Selbst ausgestellte Rechnung) 7', 100).includes('y:credit'))
  assert.deepEqual(typeWords('Savoir-faire, priceless, unsubscribed', 100), [])
})

test('where the words stand and how often is told', () => {
  const text = `${'x '.repeat(60)}comments\ncomments\ncomments`

  assert.deepEqual(typeWords(text, 100), ['y:news', 'ym:news'])
  assert.deepEqual(typeWords('Comments', 100), ['y:news', 'yt:news'])
})
