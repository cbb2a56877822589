import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { newId } from '@stageline/domain'
import { EXAMPLE } from '../routes/example-ids.ts'
import { TENANT } from '../testing/fake-world.ts'
import { serveExamples } from '../testing/serve-examples.ts'
import type { Alias } from './alias.ts'
import { ALIASES } from './aliases.ts'

/** What must hold for every alias that exists or will. */

const all = ALIASES.flatMap(({ aliases }) => aliases)
const filled = ({ path }: Alias, id: string) => path.replaceAll(/\{\w+\}/g, id)
const page = readFileSync(new URL('../../../../docs/aliases.md', import.meta.url), 'utf8')

for (const alias of all) {
  const { method, canonical, isOpen } = alias
  const name = `${method.toUpperCase()} ${alias.path}`

  test(`${name} says where its own address is`, async () => {
    await using served = await serveExamples()

    const answer = await served.ask(filled(alias, EXAMPLE.job), { method: method.toUpperCase() })

    const own = canonical.replaceAll(/\{\w+\}/g, EXAMPLE.job)
    assert.ok(answer.headers.get('link')?.includes(`<${own}>; rel="canonical"`), answer.headers.get('link') ?? 'none')
    assert.ok(answer.status < 500, answer.text)
  })

  test(`${name} ${isOpen ? 'answers strangers' : 'needs a key once there is one'}`, async () => {
    await using served = await serveExamples()
    served.world.keys.set('somebody', { id: '1', tenantId: TENANT, name: 'somebody' })

    const answer = await served.ask(filled(alias, EXAMPLE.job), { method: method.toUpperCase() })

    assert.equal(answer.status, isOpen ? 200 : 401)
  })

  test(`${name} stands in docs/aliases.md`, () => {
    assert.ok(page.includes(`| \`${name}\` | \`${canonical}\` |`), `| \`${name}\` | \`${canonical}\` |`)
  })
}

for (const alias of all.filter(({ path }) => path.includes('{'))) {
  test(`${alias.method} ${alias.path} answers an id that nobody has with 404`, async () => {
    await using served = await serveExamples()
    const body = JSON.stringify({ reason: 'x', new_state: 'blocked' })
    const init = alias.method === 'get' ? {} : { body, headers: { 'content-type': 'application/json' } }

    const answer = await served.ask(filled(alias, newId()), { method: alias.method.toUpperCase(), ...init })

    assert.equal(answer.status, 404, answer.text)
  })
}

test('no two systems answer at one address', () => {
  const addresses = all.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`)
  assert.equal(new Set(addresses).size, addresses.length)
})

test('other methods are refused with what is allowed', async () => {
  await using served = await serveExamples()

  const answer = await served.ask('/api/workflow/stop')

  assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'POST'])
})
