import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { jsonSchemaOf, jsonSchemaProblems, problemsOf } from './problem.ts'

const pointers = (schema: object, value: unknown) => jsonSchemaProblems(schema, value).map(({ pointer }) => pointer)

test('a value that is required is asked for, whether or not it is described', () => {
  assert.deepEqual(pointers({ type: 'object', required: ['n'] }, {}), ['/n'])
  assert.deepEqual(pointers({ type: 'object', required: ['n'], properties: { n: {} } }, {}), ['/n'])
  assert.deepEqual(pointers({ type: 'object', required: ['n'] }, { n: 1 }), [])
  const nested = { type: 'object', properties: { a: { type: 'object', required: ['b/c'] } } }
  assert.deepEqual(pointers(nested, { a: {} }), ['/a/b~1c'])
})

test('other values than those described may be there', () => {
  assert.deepEqual(
    pointers({ type: 'object', required: ['n'], properties: { m: { type: 'string' } } }, { n: 1, z: 2 }),
    [],
  )
})

test('empty and overfull objects are told apart from others', () => {
  const schema = { type: 'object', minProperties: 1, maxProperties: 2 }

  assert.deepEqual(
    [{}, { a: 1 }, { a: 1, b: 2, c: 3 }].map((one) => pointers(schema, one).length),
    [1, 0, 1],
  )
})

test('a schema that was made from zod says the same as zod', () => {
  const schema = z.object({ total: z.number().min(1), name: z.string().optional() })
  const json = jsonSchemaOf(schema, 'input') as object

  for (const value of [{}, { total: 0 }, { total: 2 }, { total: 2, name: 3 }]) {
    assert.equal(jsonSchemaProblems(json, value).length === 0, schema.safeParse(value).success, JSON.stringify(value))
  }
})

test('at most 20 problems are told', () => {
  const issues = Array.from({ length: 50 }, (_, i) => ({ path: [i], message: 'm' }))

  assert.equal(problemsOf({ issues }).length, 20)
})
