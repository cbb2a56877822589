import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serve } from '../../testing/serve.ts'

test('the machines are told as data and as a diagram that shows the same edges', async () => {
  await using served = await serve()

  const { body } = await served
    .ask('/v1/metadata')
    .then((answer) => ({ body: JSON.parse(answer.text) as Record<string, Machine> }))

  for (const { edges, mermaid } of [body['job']!, body['step']!, body['task']!]) {
    const drawn = [...mermaid.matchAll(/^ {2}(\w+) --> (\w+)$/gm)].map(([, from, to]) => `${from}>${to}`)
    const told = Object.entries(edges).flatMap(([from, to]) => to.map((one) => `${from}>${one}`))
    assert.deepEqual(drawn, told)
    assert.match(mermaid, /^stateDiagram-v2\n/)
  }
})

type Machine = { edges: Record<string, string[]>; mermaid: string }
