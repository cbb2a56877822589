import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressCodes } from './address-codes.ts'

for (const [address, codes] of [
  ['https://shop.example/lamps/desk-lamp-arc-4711.html', ['4711']],
  ['https://shop.example/p/M67296549.htm?pc=promo', ['M67296549', '67296549']],
  ['https://shop.example/store?pid=260591', ['260591']],
  ['https://shop.example/about-us', []],
  ['https://shop.example/images/s-l400.jpg', []],
  ['not an address', []],
] as const) {
  test(`codes in ${address}: ${codes.join(', ') || 'none'}`, () => {
    assert.deepEqual(new Set(addressCodes(address).map(({ value }) => value)), new Set(codes))
  })
}
