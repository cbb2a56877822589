import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { samePartNumber } from './same-part-number.ts'

const table: [one: string, other: string, same: boolean][] = [
  ['LM358N', 'lm358n', true],
  ['LM 358 N', 'LM358N', true],
  ['LM358N/NOPB', 'LM358N', true],
  ['LT1763CS8-3.3#TRPBF', 'LT1763CS8-3.3', true],
  ['LT1763CS8-3.3', 'LT1763CS8-33', false],
  ['PCF8574T/3,518', 'PCF8574T/3', true],
  ['PCF8574T/3', 'PCF8574T', false],
  ['BAT54-7-F', 'BAT54-13-F', true],
  ['1N4148-TR', '1N4148', true],
  ['1N4148', '1N4148W', false],
  ['74HC00-1', '74HC001', false],
  ['IRF540NTR', 'IRF540N', false],
  ['TR', 'tr', false],
  ['STM32F103C8T6', 'STM32F103CBT6', false],
]

for (const [one, other, same] of table) {
  test(`${one} and ${other} are ${same ? 'the same part' : 'two parts'}`, () => {
    assert.equal(samePartNumber(one, other), same)
    assert.equal(samePartNumber(other, one), same)
  })
}

const partNumber = fc.stringMatching(/^[A-Z]{1,4}\d{2,6}[A-Z]{0,3}\d{0,3}$/)

test('a number with one digit changed is never the same part', () => {
  fc.assert(
    fc.property(partNumber, fc.nat(), fc.integer({ min: 1, max: 9 }), (number, place, step) => {
      const digits = [...number.matchAll(/\d/g)]
      const { index } = digits[place % digits.length]!
      const changed = number.slice(0, index) + ((Number(number[index]) + step) % 10) + number.slice(index + 1)

      assert.equal(samePartNumber(number, changed), false)
    }),
  )
})

test('two digits exchanged are never the same part unless they are equal', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Z]{2}\d{3}[A-Z]$/), (number) => {
      const exchanged = number.replace(/(\d)(\d)(\d)/, '$2$1$3')

      assert.equal(samePartNumber(number, exchanged), number === exchanged)
    }),
  )
})

test('letter case, blanks around it and packing never make another part', () => {
  fc.assert(
    fc.property(partNumber, fc.constantFrom('-TR', '/TR', ' REEL7', '#PBF', '/NOPB', ''), (number, packing) => {
      assert.ok(samePartNumber(number, ` ${number.toLowerCase()}${packing} `))
    }),
  )
})
