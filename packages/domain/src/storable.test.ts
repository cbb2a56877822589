import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storableProblems } from './storable.ts'

const LIMITS = { maxDepth: 4, maxItems: 3 }

const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])

const cyclic: Record<string, unknown> = {}
cyclic['self'] = cyclic

for (const [what, value, pointer, detail] of [
  ['NUL', { a: ['x', 'y\0'] }, '/a/1', /NUL/],
  ['NUL in a name', { 'a\0': 1 }, '/a\0', /NUL/],
  ['half of a surrogate pair', { a: '\ud800' }, '/a', /surrogate/],
  ['a number beyond the doubles', JSON.parse('{"a":1e400}'), '/a', /range/],
  ['no number', [Number.NaN], '/0', /range/],
  ['an integer of any size', { a: 1n }, '/a', /integers/],
  ['a name that means something else', JSON.parse('{"__proto__":1}'), '/__proto__', /name/],
  ['too many levels', nested(5), '/0/0/0/0', /4 levels/],
  ['a ring', cyclic, '/self/self/self/self', /4 levels/],
  ['too many items', [1, 2, 3, 4], '', /3 items/],
] as const) {
  test(`${what} cannot be stored`, () => {
    const problems = storableProblems(value, LIMITS)

    assert.equal(problems.length, 1)
    assert.equal(problems[0]!.pointer, pointer)
    assert.match(problems[0]!.detail, detail)
  })
}

test('plain values, gaps and pairs of surrogates can be stored', () => {
  const value = { a: [null, 'x 😀', -1.5], b: undefined, c: new Date(0), d: nested(2) }

  assert.deepEqual(storableProblems(value, LIMITS), [])
})

test('of very many problems the first twenty are told', () => {
  assert.equal(
    storableProblems(
      Array.from({ length: 1_000 }, () => Number.NaN),
      { maxDepth: 4 },
    ).length,
    20,
  )
})
