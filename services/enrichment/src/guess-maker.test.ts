import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fields } from '@stageline/domain'
import type { Catalog, StageContext } from '@stageline/runtime'
import { guessMaker } from './guess-maker.ts'
import { shippedMakers } from './models.ts'
import { enrichmentStage } from './stage.ts'

for (const [mpn, description, maker] of [
  ['TPS62130RGTR', 'IC REG BUCK ADJ 3A 16QFN', 'Texas Instruments'],
  ['STM32G071CBT6', 'IC MCU 32BIT 128KB FLASH 48LQFP', 'STMicroelectronics'],
  ['ATTINY1616-MNR', 'IC MCU 8BIT 16KB FLASH 20VQFN', 'Microchip Technology'],
  ['ADXL355BEZ-RL7', 'ACCEL 2.048-8.192G I2C/SPI 14CLCC', 'Analog Devices Inc.'],
] as const) {
  test(`${mpn} is a number of ${maker}`, () => {
    const { manufacturer } = guessMaker(fieldsOf({ mpn, description }), shippedMakers())

    assert.equal(manufacturer?.value, maker)
    assert.ok(manufacturer.confidence > 0.5 && manufacturer.confidence < 1)
    assert.deepEqual(manufacturer.source, { method: 'rule', path: 'model:manufacturer' })
  })
}

test('a maker that is likelier wrong than right is not filled', () => {
  const unsure = () => ({ predict: () => [{ label: 'Some maker', probability: 0.49 }] })

  assert.deepEqual(guessMaker(fieldsOf({ mpn: 'ABC123' }), unsure), {})
})

test('a maker that is named stays, and a number read in doubt makes the maker doubtful', () => {
  const fields = fieldsOf({ mpn: 'ABC123' })
  fields['mpn']!.confidence = 0.5

  assert.deepEqual(guessMaker({ ...fields, ...fieldsOf({ manufacturer: 'Theirs' }) }, sure), {})
  assert.equal(guessMaker(fields, sure)['manufacturer']?.confidence, 0.45)
})

test('the stage fills the maker of a part without a row, and nothing of an invoice', async () => {
  const stage = enrichmentStage({ makers: sure })
  const fields = fieldsOf({ mpn: 'ABC123' })

  const part = await stage.handle({ kind: 'part_record', fields }, context)
  const invoice = await stage.handle({ kind: 'invoice', fields }, context)

  assert.deepEqual(part.filled, ['manufacturer'])
  assert.equal(part.fields['manufacturer']?.value, 'Some maker')
  assert.deepEqual(invoice.filled, [])
})

const sure = () => ({ predict: () => [{ label: 'Some maker', probability: 0.9 }] })

const catalog: Catalog = { find: async () => [] }
const context = { catalog } as unknown as StageContext

const fieldsOf = (values: Record<string, string>): Fields =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, confidence: 1 }]))
