import assert from 'node:assert/strict'
import { test } from 'node:test'
import { partValues } from './part-values.ts'

for (const [description, values] of [
  ['RES 10K OHM 1% 1/10W 0603', { value: '10 kΩ', tolerance: '1%', package: '0603' }],
  ['CAP CER 0.1UF 50V X7R 0603', { value: '100 nF', voltage: '50V', package: '0603' }],
  ['FIXED IND 10UH 1.2A 120 MOHM', { value: '10 µH' }],
  ['2n2 50V', { value: '2.2 nF', voltage: '50V' }],
  ['4k7 0805', { value: '4.7 kΩ', package: '0805' }],
  ['CONN HEADER VERT 4POS 2.54MM', { pins: '4' }],
  ['OPTOISO 5KV 1CH OPEN COLL 8DIP', { voltage: '5kV', package: '8DIP', pins: '8' }],
  ['CRYSTAL 32.7680KHZ 12.5PF SMD', {}],
] as const) {
  test(`"${description}" says ${JSON.stringify(values)}`, () => {
    assert.deepEqual(partValues(description), values)
  })
}
