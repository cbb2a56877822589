import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isGtin } from './gtin.ts'

for (const code of ['4006381333931', '96385074', '614141007349']) {
  test(`${code} has the right check digit`, () => {
    assert.equal(isGtin(code), true)
  })
}

for (const code of ['4006381333932', '0000000000000', '12345', '400638133393X']) {
  test(`${code} is no GTIN`, () => {
    assert.equal(isGtin(code), false)
  })
}
