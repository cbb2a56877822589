import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { compileCondition, Condition, pickValues } from './condition.ts'

const cel = (expression: string) => compileCondition({ type: 'cel', expression })
const holds = (expression: string, tree: unknown): boolean => {
  const condition = cel(expression)
  return condition.holds(pickValues(condition.references, [], tree).values)
}
const check = (operator: string, value: unknown, found: unknown): boolean =>
  compileCondition(Condition.parse({ type: 'value_check', path: '$input.x', operator, value })).holds({
    'input.x': found,
  })

suite('value checks', () => {
  const table: [operator: string, value: unknown, found: unknown, expected: boolean][] = [
    ['equals', 3, 3, true],
    ['equals', 3, '3', false],
    ['equals', { a: [1] }, { a: [1] }, true],
    ['equals', null, undefined, true],
    ['not', 3, 4, true],
    ['not', 3, 3, false],
    ['gt', 3, 4, true],
    ['gt', 3, 3, false],
    ['gt', 3, '4', false],
    ['gte', 3, 3, true],
    ['lt', 'b', 'a', true],
    ['lt', 3, null, false],
    ['lte', 3, 3, true],
    ['in', ['a', 'b'], 'b', true],
    ['in', ['a'], 'b', false],
    ['in', 'ab', 'a', false],
    ['exists', true, 0, true],
    ['exists', true, null, false],
    ['exists', undefined, null, false],
    ['exists', false, null, true],
    ['matches', 'inv*', 'INVOICE', true],
    ['matches', '*.pdf', 'a.pdf', true],
    ['matches', '*.pdf', 'a.pdf.exe', false],
    ['matches', 'a*b*c', 'a-b-b-c', true],
    ['matches', 'a*a', 'a', false],
    ['matches', 'ab', 'abc', false],
    ['matches', 'a.c', 'abc', false],
    ['matches', '*', '', true],
    ['matches', '*', 5, false],
  ]
  for (const [operator, value, found, expected] of table) {
    test(`${JSON.stringify(found)} ${operator} ${JSON.stringify(value)} is ${expected}`, () => {
      assert.equal(check(operator, value, found), expected)
    })
  }

  test('no pattern is slow, however many stars it has', { timeout: 2_000 }, () => {
    const started = performance.now()

    assert.equal(check('matches', `${'*a'.repeat(400)}*b`, 'a'.repeat(1_000)), false)

    assert.ok(performance.now() - started < 500)
  })

  for (const path of ['input.x', '$config.x', '$input', '$input.', '$input.a b', '$input.x[0]']) {
    test(`the reference ${path} is refused`, () => {
      assert.equal(Condition.safeParse({ type: 'value_check', path, operator: 'exists' }).success, false)
    })
  }
})

suite('CEL', () => {
  const table: [expression: string, tree: unknown, expected: boolean][] = [
    ['input.total > 100', { input: { total: 101 } }, true],
    ['input.total > 100.5', { input: { total: 100.2 } }, false],
    ['input.total == 4', { input: { total: 4 } }, true],
    ['input.kind == "a" && steps.b.ok', { input: { kind: 'a' }, steps: { b: { ok: true } } }, true],
    ['steps["data-fetch"].rows > 0', { steps: { 'data-fetch': { rows: 2 } } }, true],
    ['input.name.startsWith("A")', { input: { name: 'Ada' } }, true],
    ['input.lines.all(line, line.sum > 0)', { input: { lines: [{ sum: 1 }, { sum: 0 }] } }, false],
    ['size(input.lines) == 2', { input: { lines: [1, 2] } }, true],
    ['input.a == null', { input: {} }, true],
    ['has(input.a)', { input: {} }, false],
    ['has(input.a)', { input: { a: null } }, false],
    ['has(input.a)', { input: { a: 0 } }, true],
    ['has(input.a.b) && !has(input.a.c)', { input: { a: { b: 1 } } }, true],
    ['has(input.a) && input.a.b > 1', { input: { a: { b: 2 } } }, true],
    ['has(input.a) && input.a.b > 1', { input: {} }, false],
    ['has(input.a) && has(input.a.b) && input.a.b > 1', { input: { a: {} } }, false],
    ['input.a.b > 1 && has(input.a)', { input: { a: { b: 2 } } }, true],
    ['has(input.a) ? input.a == "x" : true', { input: {} }, true],
    ['steps.a.flag', { steps: {} }, false],
  ]
  for (const [expression, tree, expected] of table) {
    test(`${expression} over ${JSON.stringify(tree)} is ${expected}`, () =>
      assert.equal(holds(expression, tree), expected))
  }

  test('values that cannot be compared are an error, not false', () => {
    assert.throws(() => holds('input.a > 1', { input: { a: 'x' } }), /overload/)
    assert.throws(() => holds('input.a > 1', { input: {} }), /overload/)
  })

  test('a result that is neither true nor false is an error', () => {
    assert.throws(() => holds('input.a', { input: { a: 'yes' } }), /neither true nor false/)
  })

  test('evaluating changes nothing of what it looks at', () => {
    const values = Object.freeze({ 'input.a': Object.freeze({ b: 1 }), 'input.a.b': 1 })

    assert.equal(cel('has(input.a) && input.a.b == 1').holds(values), true)
  })

  const refused: [what: string, expression: string, why: RegExp][] = [
    ['a syntax error', 'input.a >', /./],
    ['an unknown name', 'foo.a > 1', /Unknown variable: foo/],
    ['an unknown function', 'exec("x")', /exec/],
    ['the whole input', 'size(input) > 0', /Name a value of input/],
    ['an index that is computed', 'input[input.name] == 1', /Name a value of input/],
    ['what is no condition', '1 + 1', /must be true or false/],
    ['a regular expression', 'input.a.matches("(a+)+$")', /matches\(\) is not available/],
    ['a walk within a walk', 'input.l.all(a, input.l.all(b, a == b))', /within another walk/],
    ['the name that the evaluator trips over', 'input.constructor == 1', /input.constructor cannot be looked at/],
    ['has() of nothing', 'has()', /./],
    ['too many nodes', Array.from({ length: 120 }, () => 'true').join('&&'), /./],
    ['too deep a nesting', `${'('.repeat(60)}true${')'.repeat(60)}`, /./],
    ['too long a list', `input.a in [${Array.from({ length: 201 }, () => 1).join(',')}]`, /./],
  ]
  for (const [what, expression, why] of refused) {
    test(`${what} is refused when it is compiled`, () => assert.throws(() => cel(expression), why))
  }

  for (const name of ['__proto__', 'toString', 'hasOwnProperty']) {
    test(`${name} is a name like any other: nothing is there`, () => {
      assert.equal(holds(`has(input.${name})`, { input: {} }), false)
      assert.equal(holds(`input.${name} == null`, { input: {} }), true)
    })
  }

  test('the worst that fits ends soon', { timeout: 60_000 }, () => {
    const list = Array.from({ length: 30 }, () => 'input.l').join('+')
    const values = { 'input.l': Array.from({ length: 200 }, () => 1) }
    const before = process.cpuUsage()

    assert.equal(cel(`(${list}).all(x, !(2 in (${list})))`).holds(values), true)

    // Time of the processor: a busy machine makes it no longer.
    const spentMs = process.cpuUsage(before).user / 1_000
    assert.ok(spentMs < 5_000, `${spentMs} ms`)
  })
})

suite('values for conditions', () => {
  const references = [
    ['input', 'a'],
    ['steps', 'x', 'b'],
  ]

  test('only what lies under the root is picked, and what is missing is null', () => {
    assert.deepEqual(pickValues(references, ['steps', 'x'], { b: 1, c: 2 }), {
      values: { 'steps.x.b': 1 },
      tooLarge: [],
    })
    assert.deepEqual(pickValues(references, ['input'], {}), { values: { 'input.a': null }, tooLarge: [] })
  })

  test('a value is too large by its bytes, not its letters, or by its elements', () => {
    assert.deepEqual(pickValues(references, ['input'], { a: 'x'.repeat(998) }).tooLarge, [])
    assert.deepEqual(pickValues(references, ['input'], { a: 'ä'.repeat(600) }).tooLarge, ['input.a'])
    assert.deepEqual(pickValues(references, ['input'], { a: Array.from({ length: 201 }, () => 1) }).tooLarge, [
      'input.a',
    ])
  })

  test('inherited names are not values', () => {
    assert.deepEqual(pickValues([['input', 'constructor']], ['input'], {}).values, { 'input.constructor': null })
  })
})
