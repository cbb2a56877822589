import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAllowList } from './allow-list.ts'

describe('an allow-list', () => {
  it('lets a host through on the named port only', () => {
    const list = parseAllowList('localhost:11434, Model.Internal')

    assert.equal(list.allows('localhost', 11_434, '127.0.0.1'), true)
    assert.equal(list.allows('localhost', 6379, '127.0.0.1'), false)
    assert.equal(list.allows('model.internal.', 80, '10.0.0.1'), true)
    assert.equal(list.allows('other.internal', 80, '10.0.0.1'), false)
  })

  it('lets addresses and ranges through, whatever name they have', () => {
    const list = parseAllowList('10.1.0.0/16, fd00::/8, [::1]:8080')

    assert.equal(list.allows('anything', 80, '10.1.2.3'), true)
    assert.equal(list.allows('anything', 80, '10.2.0.1'), false)
    assert.equal(list.allows('anything', 80, 'fd00::5'), true)
    assert.equal(list.allows('::1', 8080, '::1'), true)
    assert.equal(list.allows('::1', 8081, '::1'), false)
  })

  it('lets nothing through when it is empty', () => {
    assert.equal(parseAllowList(' , ').allows('localhost', 80, '127.0.0.1'), false)
  })

  for (const entry of ['http://localhost', '10.0.0.0/33', 'fd00::1', 'a b', 'name/8', '10.0.0.0/-1', 'host:port']) {
    it(`refuses ${entry}`, () => assert.throws(() => parseAllowList(`localhost,${entry}`), { name: 'TypeError' }))
  }
})
