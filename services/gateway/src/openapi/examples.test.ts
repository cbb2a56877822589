import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PROBLEMS, type ProblemCode } from '../http/problems.ts'
import { OPERATIONS } from '../routes.ts'
import { addressOf, requestOf, serveExamples } from '../testing/serve-examples.ts'
import { createOpenApi } from './create-openapi.ts'

for (const operation of OPERATIONS) {
  for (const example of operation.examples) {
    test(`${operation.id}: the example "${example.name}" is answered as the reference says`, async () => {
      await using served = await serveExamples()

      const answer = await served.ask(addressOf(operation, example), requestOf(operation, example))

      assert.equal(answer.status, example.status, answer.text)
      const shape = operation.answers[answer.status]
      if (answer.status < 400) assert.ok(shape, 'the status is in the reference')
      else
        assert.ok(
          operation.problems.some((code) => code === answer.at('code')),
          `${String(answer.at('code'))} is in the reference`,
        )
      const values =
        shape?.type === 'application/x-ndjson'
          ? answer.text
              .trim()
              .split('\n')
              .map((line): unknown => JSON.parse(line))
          : [answer.body]
      if (shape?.schema) for (const value of values) assert.deepEqual(shape.schema.parse(value), value)
    })
  }
}

test('every operation has an id of its own, a summary, an example that succeeds and its problems', () => {
  const ids = OPERATIONS.map(({ id }) => id)

  assert.equal(new Set(ids).size, ids.length)
  for (const { id, summary, examples, answers } of OPERATIONS) {
    assert.ok(summary.length > 10, id)
    const isStream = Object.values(answers).some(({ type }) => type === 'text/event-stream')
    assert.ok(isStream || examples.some(({ status }) => status < 300), id)
  }
})

test('the document names every path, method and problem', () => {
  const document = createOpenApi(OPERATIONS)

  for (const { path, method, id } of OPERATIONS) assert.equal(document.paths?.[path]?.[method]?.operationId, id)
  const text = JSON.stringify(document)
  const unused = Object.keys(PROBLEMS).filter((code) => !text.includes(`\`${code}\``))
  // These answer addresses and methods, not operations.
  assert.deepEqual(unused, ['method.not_allowed'] satisfies ProblemCode[])
  assert.equal(document.openapi, '3.1.1')
})

test('the reference is a page of this server that loads nothing from outside', async () => {
  await using served = await serveExamples()

  const page = await served.ask('/docs')
  const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!)

  assert.equal(page.status, 200)
  for (const path of assets) {
    assert.match(path, /^\//)
    assert.equal((await served.ask(path)).status, 200, path)
  }
  assert.match(page.headers.get('content-security-policy') ?? '', /script-src 'self';/)
  assert.equal((await served.ask('/openapi.json')).at('openapi'), '3.1.1')
})
