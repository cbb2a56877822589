import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serve, type Served } from '../../testing/serve.ts'

const PARTS = { key: 'parts', from: { kind: 'duckdb', file: 'parts.csv' }, keyColumn: 'id', markColumn: 'seen' }

const put = ({ ask }: Served, body: object, headers: Record<string, string> = {}) =>
  ask('/v1/sources/parts', {
    method: 'PUT',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })

test('a source is changed only at the version that was read', async () => {
  await using served = await serve()

  const made = await put(served, PARTS)
  const changed = await put(served, { ...PARTS, name: 'Parts' }, { 'If-Match': '"parts-1"' })
  const stale = await put(served, PARTS, { 'If-Match': '"parts-1"' })
  const again = await put(served, PARTS, { 'If-None-Match': '*' })
  const kept = await served.ask('/v1/sources/parts', { method: 'DELETE', headers: { 'If-Match': '"parts-1"' } })
  const gone = await served.ask('/v1/sources/parts', { method: 'DELETE', headers: { 'If-Match': '"parts-2"' } })

  assert.deepEqual(
    [made.status, made.headers.get('etag'), changed.status, changed.headers.get('etag')],
    [201, '"parts-1"', 200, '"parts-2"'],
  )
  assert.deepEqual(
    [stale.status, stale.at('code'), again.status, kept.status, gone.status],
    [412, 'source.changed', 412, 412, 204],
  )
})

test('a source holds no secret: what is no setting of its kind is refused', async () => {
  await using served = await serve()

  const url = await put(served, { ...PARTS, from: { kind: 'postgres', url: 'postgres://u:p@h/d', query: 'SELECT 1' } })
  const other = await put(served, { ...PARTS, key: 'others' })

  assert.equal(url.status, 400)
  assert.match(url.text, /\/from\/(url|connection)/)
  assert.deepEqual([other.status, other.at('errors.0.pointer')], [400, '/key'])
})

test('a preview shows what would be submitted, or what is wrong', async () => {
  await using served = await serve()
  await put(served, PARTS)
  await served.ask('/v1/sources/broken', {
    method: 'PUT',
    body: JSON.stringify({ ...PARTS, key: 'broken' }),
    headers: { 'content-type': 'application/json' },
  })

  const fine = await served.post('/v1/sources/parts:preview')
  const broken = await served.post('/v1/sources/broken:preview', { workflow: 'part' })
  const unknown = await served.post('/v1/sources/parts:preview', { workflow: 'nothing' })

  assert.deepEqual([fine.status, fine.at('records.0.businessKey')], [200, 'NXR-1K0-0402'])
  assert.deepEqual(
    [broken.status, broken.at('code'), broken.at('reason')],
    [422, 'source.failed', 'source.file_missing'],
  )
  assert.equal(unknown.at('code'), 'workflow.unknown')
})
