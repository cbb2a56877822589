import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutConsent } from './consent-lines.ts'

const LIST = [
  'Name',
  'Provider',
  'Expiry',
  '_ga',
  'Example Ltd',
  '2 years',
  'HTTP',
  '_gid',
  'Example Ltd',
  '1 day',
  'HTTP',
]

for (const [language, asking] of [
  ['English', 'We use cookies to personalise content. You may accept them all.'],
  ['German', 'Wir verwenden Cookies. Einstellungen jederzeit änderbar.'],
  ['Spanish', 'Utilizamos cookies propias y de terceros.'],
  ['Estonian', 'Leht kasutab küpsiseid.'],
] as const) {
  test(`a page is left without its notice about cookies in ${language}`, () => {
    const text = ['Brass lamp | Exempla', asking, ...LIST, 'Brass lamp', '49.00 €'].join('\n')

    assert.equal(withoutConsent(text), 'Brass lamp | Exempla\nBrass lamp\n49.00 €')
  })
}

test('a page keeps what stands far from any mention of cookies', () => {
  const story = Array.from({ length: 12 }, (_, index) => `Paragraph ${index}`)
  const text = ['Accept cookies', ...story, 'Cookie policy', 'Cookie settings'].join('\n')

  assert.equal(withoutConsent(text), story.join('\n'))
})

test('who sells biscuits, and who mentions cookies once, loses nothing', () => {
  const receipt = 'Corner Bakery\n1 COOKIES\n2.50\n2 COOKIES\n5.00\nFREE COOKIE NEXT TIME\nTOTAL 7.50'
  const article = 'How browsers changed\nThe law asks sites whether they use cookies.\nMany do not ask.'

  assert.deepEqual([withoutConsent(receipt), withoutConsent(article)], [receipt, article])
})
