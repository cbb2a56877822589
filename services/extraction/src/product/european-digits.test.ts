import assert from 'node:assert/strict'
import { test } from 'node:test'
import { europeanDigits } from './european-digits.ts'

for (const [printed, readable] of [
  ['٩٩٫٥٠ ر.س', '99.50 ر.س'],
  ['۱۲٬۵۰۰', '12,500'],
  ['￥１２８０', '￥1280'],
  ['₹ १२३', '₹ 123'],
  ['1 299€99', '1 299,99'],
  ['12€99 au lieu de 15€00', '12,99 au lieu de 15,00'],
  ['10€20€', '10€20€'],
  ['10€ 20 pièces', '10€ 20 pièces'],
  ['5€100', '5€100'],
  ['£12.99', '£12.99'],
] as const) {
  test(`${printed} is read as ${readable}`, () => {
    assert.equal(europeanDigits(printed), readable)
  })
}

test('every figure stays at its place', () => {
  assert.equal(europeanDigits('alt 15€00, jetzt 12€99').length, 'alt 15€00, jetzt 12€99'.length)
})
