import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'node:test'
import { SystemError } from '@stageline/domain'
import { fakeDeps } from '../../testing/fake-deps.ts'
import { serve, type Served } from '../../testing/serve.ts'

const PDF = `%PDF-1.7\n${'x'.repeat(5000)}`

function send(
  { ask }: Served,
  content: string | undefined,
  fields: Record<string, string> = {},
  name = 'invoice.pdf',
  headers: Record<string, string> = {},
) {
  const form = new FormData()
  for (const [key, value] of Object.entries(fields)) form.append(key, value)
  if (content !== undefined) form.append('file', new Blob([content]), name)
  return ask('/v1/documents', { method: 'POST', body: form, headers })
}

test('a file is stored and submitted with its type, size and name', async () => {
  await using served = await serve()

  const answer = await send(served, PDF, { businessKey: 'INV-1', tags: 'a, b' })

  assert.equal(answer.status, 202)
  const [submitted] = served.world.submitted
  assert.equal(submitted?.workflow, 'document')
  assert.equal(submitted?.businessKey, 'INV-1')
  assert.deepEqual(submitted?.tags, ['a', 'b'])
  const { document } = Object(submitted?.input)
  assert.deepEqual(
    [document.mediaType, document.bytes, document.fileName],
    ['application/pdf', PDF.length, 'invoice.pdf'],
  )
  assert.equal(Buffer.from(served.world.blobs.get(document.key)!).toString(), PDF)
})

test('a document keeps what its sender calls the whole of it', async () => {
  await using served = await serve()

  await send(served, PDF, {}, 'invoice.pdf', { 'X-Correlation-Id': 'order-17' })

  assert.equal(served.world.submitted[0]?.correlationId, 'order-17')
})

const refusals: [
  name: string,
  content: string | undefined,
  fields: Record<string, string>,
  status: number,
  code: string,
][] = [
  ['an empty file', '', {}, 422, 'document.empty'],
  ['an archive', 'PK\x03\x04', {}, 415, 'document.unsupported_type'],
  ['a file above the limit', `%PDF-${'x'.repeat(1_000_001)}`, {}, 413, 'document.too_large'],
  ['a form without a file', undefined, { workflow: 'document' }, 400, 'document.missing'],
  ['an unknown field', PDF, { tenantId: 'other' }, 400, 'request.invalid'],
  ['an unknown workflow', PDF, { workflow: 'none' }, 422, 'workflow.unknown'],
  ['a field that no database can hold', PDF, { businessKey: 'INV\0' }, 400, 'request.invalid'],
  ['a priority that is no number', PDF, { priority: 'high' }, 400, 'request.invalid'],
]
for (const [name, content, fields, status, code] of refusals) {
  test(`${name} is refused with ${status} and leaves nothing behind`, async () => {
    await using served = await serve()

    const answer = await send(served, content, fields)

    assert.deepEqual([answer.status, answer.at('code')], [status, code])
    assert.equal(served.world.blobs.size, 0)
    assert.equal(served.world.submitted.length, 0)
  })
}

test('a refusal says what helps, where that is known', async () => {
  await using served = await serve()
  const form = new FormData()
  form.append('file', new Blob([Buffer.from('d0cf11e0a1b11ae1', 'hex')]), 'list.xlsx')

  const answer = await served.ask('/v1/documents', { method: 'POST', body: form })

  assert.equal(answer.status, 415)
  assert.match(String(answer.at('detail')), /application\/x-cfb\. This is an Office file with a password\. Accepted:/)
})

test('two files are refused and neither stays', async () => {
  await using served = await serve()
  const form = new FormData()
  form.append('file', new Blob([PDF]), 'a.pdf')
  form.append('file', new Blob([PDF]), 'b.pdf')

  const answer = await served.ask('/v1/documents', { method: 'POST', body: form })

  assert.equal(answer.at('code'), 'request.broken_upload')
  assert.equal(served.world.blobs.size, 0)
})

test('a body that ends before its last boundary is refused and leaves nothing behind', async () => {
  await using served = await serve()
  const body = `--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n${PDF}`

  const answer = await served.ask('/v1/documents', {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
  })

  assert.deepEqual([answer.status, answer.at('code')], [400, 'request.broken_upload'])
  assert.equal(served.world.blobs.size, 0)
})

test('a part with a broken header is refused, and the process lives on', async () => {
  await using served = await serve()
  const body = `--x\r\nContent-Disposition: form-data; name="file"; filename="a\0.pdf"\r\n\r\n${PDF}\r\n--x--\r\n`

  const answer = await served.ask('/v1/documents', {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
  })
  const next = await send(served, PDF)

  assert.deepEqual([answer.status, answer.at('code'), next.status], [400, 'request.broken_upload', 202])
})

test('a sender that goes away in the middle leaves nothing behind', async () => {
  await using served = await serve()
  const socket = connect(served.port, '127.0.0.1')
  const head =
    'POST /v1/documents HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n'
  socket.write(`${head}--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n${PDF}`)
  while (served.world.openWrites === 0) await turn()
  socket.destroy()
  while (served.world.openWrites > 0) await turn()

  assert.equal(served.world.blobs.size, 0)
  assert.equal(served.world.submitted.length, 0)
})

test('equal uploads with one key make one job and keep one file', async () => {
  await using served = await serve()
  const key = { 'Idempotency-Key': 'scan-1' }

  const first = await send(served, PDF, {}, 'a.pdf', key)
  const again = await send(served, PDF, {}, 'a.pdf', key)
  const other = await send(served, `${PDF}!`, {}, 'a.pdf', key)

  assert.deepEqual([again.status, again.at('id')], [200, first.at('id')])
  assert.equal(other.status, 422)
  assert.equal(served.world.blobs.size, 1)
})

test('a path in the file name is dropped', async () => {
  await using served = await serve()

  await send(served, PDF, {}, '../../etc/\u202epasswd.pdf')

  assert.equal(Object(served.world.submitted[0]?.input).document.fileName, 'passwd.pdf')
})

test('the original comes back as it was sent, in a sandbox', async () => {
  await using served = await serve()
  const { at } = await send(served, PDF)

  const original = await served.ask(`/v1/jobs/${String(at('id'))}/document`)

  assert.equal(original.text, PDF)
  assert.equal(original.headers.get('content-type'), 'application/pdf')
  assert.match(original.headers.get('content-disposition') ?? '', /^inline; filename=invoice\.pdf$/)
  assert.match(original.headers.get('content-security-policy') ?? '', /sandbox/)
  assert.equal(original.headers.get('x-content-type-options'), 'nosniff')
})

test('markup comes back as a download of plain text', async () => {
  await using served = await serve()
  const { at } = await send(served, '<html><script>alert(1)</script></html>', {}, 'page.html')

  const original = await served.ask(`/v1/jobs/${String(at('id'))}/document`)

  assert.match(original.headers.get('content-type') ?? '', /^text\/plain/)
  assert.match(original.headers.get('content-disposition') ?? '', /^attachment/)
})

test('a file is not even read where the backlog is full; under a key it is, and leaves nothing behind', async () => {
  await using served = await serve()
  served.world.room = 0

  const refused = await send(served, PDF)
  const keyed = await send(served, PDF, {}, 'invoice.pdf', { 'Idempotency-Key': 'k-1' })

  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '7'])
  assert.deepEqual([keyed.status, keyed.at('code')], [429, 'limit.open_jobs'])
  assert.equal(served.world.blobs.size, 0)
})

test('a large file that cannot be stored is answered all the same', { timeout: 10_000 }, async () => {
  await using served = await serve()
  const full = () => Promise.reject(new SystemError('blob.no_room', 'ENOSPC'))
  const { blobs } = fakeDeps(served.world)
  await using without = await serve({}, { blobs: { ...blobs, write: full } })

  const answer = await send(without, `%PDF-1.7\n${'x'.repeat(2_000_000)}`)

  assert.equal(answer.status, 503)
  assert.equal(answer.at('reason'), 'blob.no_room')
})
