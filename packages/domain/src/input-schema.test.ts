import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { checkInputSchema, inputSchemaProblems } from './input-schema.ts'

const faultOf = (schema: object): string => checkInputSchema(schema)[0]?.detail ?? 'none'

/** Each definition names the one before it twice: 2^24 parts when followed. */
function laughs(): object {
  const $defs: Record<string, object> = { l0: { type: 'string' } }
  for (let i = 1; i < 25; i += 1) {
    const $ref = `#/$defs/l${i - 1}`
    $defs[`l${i}`] = { anyOf: [{ $ref }, { $ref }] }
  }
  return { $ref: '#/$defs/l24', $defs }
}

suite('a schema of inputs', () => {
  test('with references, quick patterns and formats is taken', () => {
    const money = { type: 'object', properties: { currency: { type: 'string', pattern: '^[A-Z]{3}$' } } }
    const schema = { type: 'object', $defs: { money }, properties: { net: { $ref: '#/$defs/money' } } }

    assert.equal(faultOf(schema), 'none')
    assert.equal(inputSchemaProblems(schema, { net: { currency: 'EUR' } }).length, 0)
    assert.deepEqual(inputSchemaProblems(schema, { net: { currency: 'euro' } })[0]?.pointer, '/net/currency')
  })

  test('that never ends is refused by name', () => {
    const table: [object, RegExp][] = [
      [{ $ref: '#' }, /circle/],
      [{ $defs: { n: { anyOf: [{ $ref: '#/$defs/n' }] } }, $ref: '#/$defs/n' }, /circle/],
      [{ type: 'object', properties: { child: { $ref: '#' } } }, /circle/],
      [laughs(), /at most 1000 parts/],
      [{ type: 'object', properties: { x: { type: 'string', pattern: '^(a|a)*$' } } }, /could take for ever/],
      [{ type: 'object', patternProperties: { '^(a|a)*$': {} } }, /could take for ever/],
      [{ $ref: 'http://192.0.2.1/schema' }, /External \$ref/],
      [{ $ref: '#/%' }, /URI/],
    ]
    for (const [schema, said] of table) assert.match(faultOf(schema), said)
  })

  test('is not held against more values than it can judge in time', () => {
    const anyOf = Array.from({ length: 900 }, (_, i) => ({ const: `x${i}` }))
    const schema = { type: 'object', properties: { list: { type: 'array', items: { anyOf } } } }
    const list = Array.from({ length: 10_000 }, () => 'y')

    assert.equal(faultOf(schema), 'none')
    assert.match(inputSchemaProblems(schema, { list })[0]!.detail, /too many values/)
    assert.equal(inputSchemaProblems(schema, { list: ['x1'] }).length, 0)
  })
})
