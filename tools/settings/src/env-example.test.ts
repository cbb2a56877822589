import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { ENV_EXAMPLE, renderEnvExample } from './env-example.ts'
import { readSettings } from './read-settings.ts'

describe('.env.example', () => {
  it('is what the schemas say', () => {
    const kept = readFileSync(ENV_EXAMPLE, 'utf8')

    assert.equal(kept, renderEnvExample(), 'write it anew: node tools/settings/src/env-example.ts')
  })

  it('says of every setting what it is for', () => {
    const silent = readSettings().flatMap(({ settings }) => settings.filter(({ comment }) => comment === ''))

    assert.deepEqual(
      silent.map(({ name }) => name),
      [],
    )
  })

  it('shows no default that is another one at each start', () => {
    const settings = readSettings().flatMap((section) => section.settings)

    assert.equal(settings.find(({ name }) => name === 'STAGELINE_SESSION_SECRET')?.default, '')
    assert.equal(settings.find(({ name }) => name === 'STAGELINE_DRAIN_MS')?.default, '25000')
  })
})
