import assert from 'node:assert/strict'
import { test } from 'node:test'
import { literalObjects } from './literal-objects.ts'

const found = (source: string): object[] => literalObjects(source).map(({ path, values }) => ({ path, ...values }))

test('JSON and JavaScript literals are read alike, each object with its way', () => {
  const source = `var a = {"product": {"sku": "A-1", "price": 9.5}}; push({sku: 'B', 'in-stock': true, list: [{id: 3}]})`

  assert.deepEqual(found(source), [
    { path: 'product', sku: 'A-1', price: '9.5' },
    { path: '', sku: 'B', 'in-stock': 'true' },
    { path: 'list[1]', id: '3' },
  ])
})

test('values that are computed are passed over, those beside them are kept', () => {
  assert.deepEqual(found(`x = {id: getId(1, [2]), name: "a" + b, price: 4, f: first || 'x', last: "z"}`), [
    { path: '', price: '4', last: 'z' },
  ])
})

test('blocks of code are no objects, and what stands inside them is found', () => {
  assert.deepEqual(found(`function f() { if (a) { track({sku: "S-7"}) } }`), [{ path: '', sku: 'S-7' }])
})

test('escapes in strings are resolved, and quotes of the other kind kept', () => {
  assert.deepEqual(found(`{"name": "5\\u20ac \\"net\\"", brand: 'O\\'Neil', 'x': "it's"}`), [
    { path: '', name: '5€ "net"', brand: "O'Neil", x: "it's" },
  ])
})

test('what is cut off keeps what came before', () => {
  assert.deepEqual(found(`{"sku": "A", "price": 3, "name": "never en`), [{ path: '', sku: 'A', price: '3' }])
})

for (const source of [
  '{'.repeat(50_000),
  '{"a":'.repeat(50_000),
  '{a:[['.repeat(50_000),
  '{a:('.repeat(50_000),
  '"'.repeat(50_000),
]) {
  test(`${source.length} letters of "${source.slice(0, 5)}…" end soon`, () => {
    const start = performance.now()

    assert.ok(literalObjects(source).length < source.length)

    assert.ok(performance.now() - start < 20_000)
  })
}
