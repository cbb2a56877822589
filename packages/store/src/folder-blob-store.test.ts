import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { DEFAULT_TENANT_ID as tenantId } from './default-tenant.ts'
import { createFolderBlobStore } from './folder-blob-store.ts'
import { openRecord } from './testing/open-record.ts'

async function setup() {
  const dir = await mkdtemp(join(tmpdir(), 'stageline-blobs-'))
  return {
    dir,
    blobs: createFolderBlobStore(dir),
    files: async () =>
      (await readdir(dir, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map(({ name }) => name),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  }
}

async function* pieces(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}

const about = { tenantId, mediaType: 'text/plain', maxBytes: 100 }

test('a stream is counted, hashed and read back', async () => {
  await using given = await setup()

  const ref = await given.blobs.write(pieces('hel', 'lo'), { ...about, fileName: '../../etc/passwd' })

  const sha256 = createHash('sha256').update('hello').digest('hex')
  assert.deepEqual(
    { ...ref, key: '' },
    { key: '', sha256, bytes: 5, mediaType: 'text/plain', fileName: '../../etc/passwd' },
  )
  assert.equal(Buffer.from(await given.blobs.read(ref)).toString(), 'hello')
  assert.ok(!ref.key.includes('passwd'))
})

test('a part is read from its place on, and one that is not there is missing', async () => {
  await using given = await setup()
  const ref = await given.blobs.write(pieces('hello ', 'world'), about)

  assert.equal(Buffer.from(await given.blobs.readPart(ref, { offset: 4, bytes: 5 })).toString(), 'o wor')
  await assert.rejects(given.blobs.readPart(ref, { offset: 8, bytes: 5 }), { code: 'blob.missing' })
  await given.blobs.remove(ref.key)
  await assert.rejects(given.blobs.readPart(ref, { offset: 0, bytes: 1 }), { code: 'blob.missing' })
})

test('of a stream that is too large nothing is kept', async () => {
  await using given = await setup()

  await assert.rejects(given.blobs.write(pieces('x'.repeat(60), 'x'.repeat(60)), about), { code: 'blob.too_large' })

  assert.deepEqual(await given.files(), [])
})

test('of a stream that breaks off nothing is kept', async () => {
  await using given = await setup()
  const broken = async function* () {
    yield Buffer.from('some')
    throw new Error('connection reset')
  }

  await assert.rejects(given.blobs.write(broken(), about), /connection reset/)

  assert.deepEqual(await given.files(), [])
})

test('derived bytes are replaced when they are made again', async () => {
  await using given = await setup()
  const derived = { tenantId, mediaType: 'application/json', derivedFrom: 'source', name: 'model.json' }

  const first = await given.blobs.put(Buffer.from('one'), derived)
  const second = await given.blobs.put(Buffer.from('two'), derived)
  const other = await given.blobs.put(Buffer.from('two'), { ...derived, name: 'other.json' })

  assert.equal(second.key, first.key)
  assert.notEqual(other.key, first.key)
  assert.equal(Buffer.from(await given.blobs.read(first)).toString(), 'two')
})

test('no path is built from what is not a key', async () => {
  await using given = await setup()
  const { key } = await given.blobs.write(pieces('a'), about)
  const bad = [
    '../../etc/passwd',
    '',
    '.',
    key.toUpperCase(),
    `${key}/..`,
    `../${key}`,
    `${key}\u0000`,
    key.slice(1),
    `${key}\n`,
  ]

  for (const wrong of bad) {
    await assert.rejects(given.blobs.read({ key: wrong }), { code: 'blob.missing' }, wrong)
    await assert.rejects(given.blobs.remove(wrong), { code: 'blob.missing' }, wrong)
  }
  await assert.rejects(given.blobs.write(pieces('a'), { ...about, tenantId: '../x' }), TypeError)
})

test('what was removed is missing, and removing it again is no fault', async () => {
  await using given = await setup()
  const { key } = await given.blobs.write(pieces('a'), about)

  await given.blobs.remove(key)
  await given.blobs.remove(key)

  await assert.rejects(given.blobs.read({ key }), { code: 'blob.missing' })
})

test('files are readable by their owner only', async () => {
  await using given = await setup()
  const { key } = await given.blobs.write(pieces('a'), about)

  const path = (await readdir(given.dir, { recursive: true })).find((name) => name.endsWith(key))!

  assert.equal((await stat(join(given.dir, path))).mode & 0o077, 0)
})

test('with a database each file has a row, until it is removed', async () => {
  await using given = await setup()
  await using record = await openRecord()
  const blobs = createFolderBlobStore(given.dir, record.gateway)

  const kept = await blobs.write(pieces('kept'), { ...about, fileName: 'a.txt' })
  const gone = await blobs.write(pieces('gone'), about)
  await blobs.remove(gone.key)

  const rows = await record.sql(
    'SELECT key, sha256, bytes::int AS bytes, media_type AS "mediaType", file_name AS "fileName" FROM blobs',
  )
  assert.deepEqual(rows, [kept])
})

test('a full disk is a fault of the system, and nothing of the file is left', async () => {
  await using given = await setup()
  const full = async function* () {
    yield Buffer.from('some')
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  }

  await assert.rejects(given.blobs.write(full(), about), { kind: 'system', code: 'blob.no_room' })

  assert.deepEqual(await given.files(), [])
})
