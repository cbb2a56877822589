import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changesBetween } from './changes-between.ts'

const table: [what: string, before: unknown, after: unknown, expected: ReturnType<typeof changesBetween>][] = [
  ['equal trees', { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
  ['a changed value', { a: { b: 1 } }, { a: { b: 2 } }, [{ path: '/a/b', from: 1, to: 2 }]],
  ['a new value', {}, { a: 1 }, [{ path: '/a', from: null, to: 1 }]],
  ['a value gone', { a: 1 }, {}, [{ path: '/a', from: 1, to: null }]],
  ['nothing and null', {}, { a: null }, []],
  [
    'a list',
    { a: [1, 2] },
    { a: [1, 3, 4] },
    [
      { path: '/a/1', from: 2, to: 3 },
      { path: '/a/2', from: null, to: 4 },
    ],
  ],
  ['a list in place of an object', { a: {} }, { a: [] }, [{ path: '/a', from: {}, to: [] }]],
  ['names with signs', { 'a/b~c': 1 }, { 'a/b~c': 2 }, [{ path: '/a~1b~0c', from: 1, to: 2 }]],
  ['a name that objects inherit', {}, { constructor: 'x' }, [{ path: '/constructor', from: null, to: 'x' }]],
  ['the whole', undefined, { a: 1 }, [{ path: '', from: null, to: { a: 1 } }]],
]

for (const [what, before, after, expected] of table) {
  test(`${what}: ${expected.length} changes`, () => assert.deepEqual(changesBetween(before, after), expected))
}
