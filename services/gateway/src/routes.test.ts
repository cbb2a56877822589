import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '@stageline/domain'
import type { Example, Operation } from './http/operation.ts'
import { OPERATIONS } from './routes.ts'
import { TENANT } from './testing/fake-world.ts'
import { addressOf, requestOf, serveExamples } from './testing/serve-examples.ts'

/** What must hold for every operation that exists or will: a new one is tested by being listed. */

const good = ({ examples }: Operation): Example =>
  examples.find(({ status }) => status < 300) ?? { name: 'bare', status: 200 }

for (const operation of OPERATIONS) {
  test(`${operation.id} needs a key once there is one`, async () => {
    await using served = await serveExamples()
    served.world.keys.set('somebody', { id: '1', tenantId: TENANT, name: 'somebody' })

    const answer = await served.ask(addressOf(operation, good(operation)), requestOf(operation, good(operation)))

    assert.deepEqual([answer.status, answer.at('code')], [401, 'auth.required'])
  })

  test(`${operation.id} refuses a query that it does not know`, async () => {
    await using served = await serveExamples()
    const example = good(operation)

    const answer = await served.ask(`${addressOf(operation, example)}&tenantId=x`, requestOf(operation, example))

    assert.deepEqual([answer.status, answer.at('errors.0.pointer')], [400, '/query/tenantId'])
  })
}

for (const operation of OPERATIONS) {
  const texts = Object.keys(operation.query?.shape ?? {})
  for (const name of texts) {
    test(`${operation.id} refuses a ${name} that no database can hold`, async () => {
      await using served = await serveExamples()
      const example = good(operation)

      const { query, ...bare } = example
      const address = addressOf(operation, { ...bare, query: { ...query, [name]: '\0' } })
      const answer = await served.ask(address, requestOf(operation, example))

      assert.deepEqual([answer.status, answer.at('errors.0.pointer')], [400, `/query/${name}`])
    })
  }
}

test('an address with a broken percent sign is the address of nothing', async () => {
  await using served = await serveExamples()

  const answer = await served.ask('/v1/jobs/%E0%A4%A')

  assert.deepEqual([answer.status, answer.at('code')], [404, 'resource.unknown'])
})

for (const operation of OPERATIONS.filter(({ path }) => path.includes('{id}'))) {
  test(`${operation.id} answers an id that nobody has with 404`, async () => {
    await using served = await serveExamples()
    const example = { ...good(operation), params: { id: newId() } }

    const answer = await served.ask(addressOf(operation, example), requestOf(operation, example))

    assert.deepEqual([answer.status, answer.at('code')], [404, 'resource.unknown'])
  })
}

for (const operation of OPERATIONS.filter(({ body }) => body?.type === 'application/json')) {
  test(`${operation.id} refuses members that it does not know`, async () => {
    await using served = await serveExamples()
    const example = good(operation)
    const body = { ...Object(example.body), tenantId: 'x' }

    const answer = await served.ask(addressOf(operation, example), requestOf(operation, { ...example, body }))

    assert.deepEqual([answer.status, answer.at('errors.0.pointer')], [400, '/tenantId'])
  })
}
