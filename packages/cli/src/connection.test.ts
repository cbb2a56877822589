import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { CommandError } from './command-error.ts'
import { findConnection } from './connection.ts'

describe('where the line is', () => {
  let kept: string
  before(async () => {
    kept = await mkdtemp(join(tmpdir(), 'stageline-kept-'))
    await writeFile(join(kept, 'api-key'), 'sl_kept\n')
    await writeFile(join(kept, 'state.json'), '{"url": "http://127.0.0.1:3007"}')
  })
  after(() => rm(kept, { recursive: true }))

  it('is said by the option, else the environment, else what npm start left, else the usual place', () => {
    const env = { STAGELINE_URL: 'http://env' }

    assert.equal(findConnection('http://option/', env, kept).url, 'http://option')
    assert.equal(findConnection(undefined, env, kept).url, 'http://env')
    assert.equal(findConnection(undefined, {}, kept).url, 'http://127.0.0.1:3007')
    assert.deepEqual(findConnection(undefined, {}, join(kept, 'none')), {
      url: 'http://127.0.0.1:3000',
      apiKey: undefined,
    })
  })

  it('gets the key that was kept for this machine, and no other line does', () => {
    for (const url of ['http://localhost:1', 'http://127.0.0.1', 'http://[::1]:3000'])
      assert.equal(findConnection(url, {}, kept).apiKey, 'sl_kept', url)
    for (const url of ['https://line.example.com', 'http://127.0.0.1.example.com', 'http://localhost.example.com'])
      assert.equal(findConnection(url, {}, kept).apiKey, undefined, url)
    assert.equal(findConnection('http://x', { STAGELINE_API_KEY: 'sl_env' }, kept).apiKey, 'sl_env')
  })

  it('is refused where it is no address, or holds a password', () => {
    for (const url of ['line', 'ftp://line', 'http://me:secret@line'])
      assert.throws(() => findConnection(url, {}, kept), CommandError)
  })
})
