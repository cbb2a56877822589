import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CatalogItem } from '@stageline/domain'
import { frenchVatKey, gtinCheckDigit, luhnCheckDigit, mod1110CheckDigit, mod97Complement } from './check-digits.ts'
import { parts } from './parts.ts'
import { products } from './products.ts'
import { vendors } from './vendors.ts'

const read = (name: string) =>
  readFileSync(join(import.meta.dirname, `${name}.ndjson`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => CatalogItem.parse(JSON.parse(line)))

const kinds: [name: string, make: () => CatalogItem[], least: number][] = [
  ['parts', parts, 300],
  ['vendors', vendors, 50],
  ['products', products, 50],
]

for (const [name, make, least] of kinds) {
  test(`${name}.ndjson is what the script writes, has ${least} rows or more, and no key twice`, () => {
    const rows = read(name)

    assert.deepEqual(rows, make())
    assert.ok(rows.length >= least)
    assert.equal(new Set(rows.map((row) => row.key)).size, rows.length)
    assert.equal(new Set(rows.map((row) => row.name)).size, rows.length)
  })
}

test('check digits are those of published examples', () => {
  assert.equal(gtinCheckDigit('400638133393'), 1)
  assert.equal(gtinCheckDigit('03600029145'), 2)
  assert.equal(luhnCheckDigit('7992739871'), 3)
  assert.equal(mod1110CheckDigit('0794'), 5)
  assert.equal(mod97Complement('04287594'), '97')
  assert.equal(frenchVatKey('404833048'), '83')
})
