import { readTable } from '@stageline/documents'
import type { RecordSource } from '@stageline/engine/ports'
import { createTestDatabase } from '@stageline/testkit'
import { DuckDBInstance } from '@duckdb/node-api'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createOutbound } from '../http/outbound.ts'
import { refusal, startBigquery } from '../testing/bigquery-stub.ts'
import { all, recordOf, ROWS, sourceContract } from '../testing/source-contract.ts'
import { sendJson, startStub } from '../testing/stub-server.ts'
import { SourceSettings } from './connections.ts'
import { createSources } from './sources.ts'
import { tableSource } from './table-source.ts'

const OWN = '019a0000-0000-7000-8000-000000000001'
const OTHER = '019a0000-0000-7000-8000-000000000002'
const signal = new AbortController().signal
const jsonl = ROWS.map((row) => JSON.stringify(row)).join('\n')
const csv = `id,name,price,seen\n${ROWS.map((row) => `${row.id},"${row.name.replaceAll('"', '""')}",${row.price ?? ''},${row.seen}`).join('\n')}\n`

function openerWith(connections: object = {}, { allow = '', dir }: { allow?: string; dir?: string } = {}) {
  const settings = SourceSettings.parse({
    STAGELINE_SOURCE_CONNECTIONS: JSON.stringify(connections),
    ...(dir === undefined ? {} : { STAGELINE_SOURCE_DIR: dir }),
  })
  const outbound = createOutbound({ allow })
  const open = createSources({ settings, outbound, ownTenantId: OWN, now: () => new Date() })
  return { open, outbound }
}

const tableOf = (text: string): RecordSource =>
  tableSource(() =>
    readTable({
      bytes: Buffer.byteLength(text),
      async *chunks() {
        yield Buffer.from(text)
      },
    }),
  )

const untouched = { [Symbol.asyncDispose]: async () => {} }

async function folder() {
  const dir = await mkdtemp(join(tmpdir(), 'stageline-sources-'))
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) }
}

describe('JSON lines that were uploaded', () => sourceContract(async () => ({ source: tableOf(jsonl), ...untouched })))

describe('CSV that was uploaded', () =>
  sourceContract(async () => ({ source: tableOf(csv), ...untouched }), { typed: false }))

describe('an address with pages', () => {
  const openPages = async () => {
    const stub = await startStub(({ path, headers }, response) => {
      if (headers['x-key'] !== 'secret') return sendJson(response, {}, 401)
      const page = Number(new URL(path, 'http://stub').searchParams.get('page') ?? 0)
      const next = page + 1 < ROWS.length ? { next: `/parts?page=${page + 1}` } : {}
      sendJson(response, { data: ROWS.slice(page, page + 1), ...next })
    })
    const connections = { shop: { kind: 'http', origin: stub.origin, headers: { 'x-key': 'secret' } } }
    const { open, outbound } = openerWith(connections, { allow: stub.host })
    const origin = { kind: 'http', url: `${stub.origin}/parts`, format: 'json', items: '/data', next: '/next' } as const
    const stop = async () => void (await Promise.all([stub[Symbol.asyncDispose](), outbound[Symbol.asyncDispose]()]))
    return { stub, open, origin, source: open({ ...origin, connection: 'shop' }, OWN), [Symbol.asyncDispose]: stop }
  }
  sourceContract(openPages)

  it('gets the keys of its connection only where that belongs', async () => {
    await using opened = await openPages()
    await using other = await startStub((_, response) => sendJson(response, []))
    const foreign = { ...opened.origin, url: `${other.origin}/parts`, connection: 'shop' }

    await assert.rejects(all(opened.open(foreign, OWN).read({}, signal)), { code: 'source.connection_mismatch' })
    assert.deepEqual([other.seen, opened.stub.seen], [[], []])
  })

  it('is refused like any other call where its address is not public', async () => {
    const { open } = openerWith()
    const origin = { kind: 'http', url: 'http://127.0.0.1:8080/x', format: 'json', items: '' } as const

    await assert.rejects(all(open(origin, OWN).read({}, signal)), { code: 'outbound.address_refused' })
  })

  it('may give JSON lines, whose faults are told', async () => {
    await using stub = await startStub((_, response) => void response.end(`${jsonl}\n[1]\n`))
    const { open } = openerWith({}, { allow: stub.host })

    const items = await all(open({ kind: 'http', url: stub.origin, format: 'jsonl', items: '' }, OWN).read({}, signal))

    assert.deepEqual(
      [items.length, items.at(-1)],
      [5, { position: '5', fault: 'is no JSON object: give {"column": value, …}' }],
    )
  })

  it('says where the list is missing, and that marks must grow', async () => {
    await using stub = await startStub((_, response) => sendJson(response, { data: ROWS.toReversed() }))
    const { open } = openerWith({}, { allow: stub.host })
    const origin = { kind: 'http', url: stub.origin, format: 'json', items: '/items' } as const

    await assert.rejects(all(open(origin, OWN).read({}, signal)), /without a list at "\/items": say as "items"/)
    const backwards = open({ ...origin, items: '/data' }, OWN).read({ keyColumn: 'id', markColumn: 'seen' }, signal)
    await assert.rejects(all(backwards), { code: 'source.unordered' })
  })
})

describe('a query of Postgres', () => {
  const openTable = async () => {
    const database = await createTestDatabase()
    const values = ROWS.map(
      ({ id, name, price, seen }) => `('${id}', '${name.replaceAll("'", "''")}', ${price}, ${seen})`,
    )
    const query = `SELECT * FROM (VALUES ${values.reverse().join(', ')}) AS t(id, name, price, seen) ORDER BY seen, id;`
    const { open } = openerWith({ crm: { kind: 'postgres', url: database.workerUrl } })
    const ask = (text: string, tenant = OWN) =>
      open({ kind: 'postgres', connection: 'crm', query: text }, tenant).read({}, signal)
    return {
      ask,
      source: open({ kind: 'postgres', connection: 'crm', query }, OWN),
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    }
  }
  sourceContract(openTable)

  it('reads and does nothing else, whatever the query says', async () => {
    await using opened = await openTable()

    for (const [text, message] of [
      ['INSERT INTO orchestrators VALUES (1) RETURNING 1', /refuses the query/],
      ['SELECT 1) AS q; DELETE FROM orchestrators; --', /refuses the query/],
      [`SELECT set_config('transaction_read_only', 'off', false)`, /read-write mode/],
      ['SELECT nope', /column "nope" does not exist/],
    ] as const)
      await assert.rejects(all(opened.ask(text)), { code: 'source.query_refused', message })
  })

  it('keeps whole what JavaScript has no number for', async () => {
    await using opened = await openTable()

    const [item] = await all(opened.ask(`SELECT 9007199254740993 AS big, 12 AS small, now()::date AS at`))

    assert.equal(recordOf(item!)?.['big'], '9007199254740993')
    assert.equal(recordOf(item!)?.['small'], 12)
  })

  it('is the tenant’s that its connection names, and nobody else’s', async () => {
    await using opened = await openTable()

    assert.throws(() => opened.ask('SELECT 1', OTHER), { code: 'source.unknown_connection' })
  })

  it('says which connection is missing or does not answer', async () => {
    const { open } = openerWith({ gone: { kind: 'postgres', url: 'postgres://127.0.0.1:1/x' } })

    assert.throws(
      () => open({ kind: 'postgres', connection: 'no', query: 'SELECT 1' }, OWN),
      /no postgres connection "no"/,
    )
    const away = open({ kind: 'postgres', connection: 'gone', query: 'SELECT 1' }, OWN).read({}, signal)
    await assert.rejects(all(away), { code: 'source.unavailable', kind: 'transient' })
  })
})

describe('a file that DuckDB reads', () => {
  const openFolder = async () => {
    const place = await folder()
    await writeFile(join(place.dir, 'parts.jsonl'), jsonl)
    await writeFile(join(place.dir, 'parts.csv'), csv)
    await writeFile(join(place.dir, 'notes.bin'), 'x')
    await symlink('/etc/passwd', join(place.dir, 'away.csv'))
    const writing = await DuckDBInstance.create(join(place.dir, 'parts.duckdb'))
    const connection = await writing.connect()
    await connection.run(`CREATE TABLE parts AS SELECT * FROM read_json('${place.dir}/parts.jsonl')`)
    await connection.run(`COPY parts TO '${place.dir}/parts.parquet'`)
    connection.closeSync()
    writing.closeSync()
    const { open } = openerWith({}, place)
    const ask = (file: string, query?: string) =>
      open({ kind: 'duckdb', file, ...(query === undefined ? {} : { query }) }, OWN)
    return { ask, open, ...place }
  }
  for (const file of ['parts.parquet', 'parts.jsonl', 'parts.csv'])
    describe(file, () =>
      sourceContract(async () => openFolder().then((opened) => ({ ...opened, source: opened.ask(file) }))),
    )

  describe('parts.duckdb', () =>
    sourceContract(async () =>
      openFolder().then((opened) => ({ ...opened, source: opened.ask('parts.duckdb', 'SELECT * FROM parts;') })),
    ))

  it('sees nothing but its folder, and writes nothing', async () => {
    await using opened = await openFolder()
    const read = (file: string, query?: string) => all(opened.ask(file, query).read({}, signal))

    await assert.rejects(read('away.csv'), { code: 'source.outside_folder' })
    await assert.rejects(read('../x.csv'), /source|There is no file|leads out/)
    await assert.rejects(read('none.csv'), { code: 'source.file_missing' })
    await assert.rejects(read('notes.bin'), /no ending that is known/)
    for (const query of [
      `SELECT * FROM read_csv('/etc/passwd')`,
      `SELECT * FROM 'https://example.com/a.csv'`,
      `COPY (SELECT 1) TO '${opened.dir}/evil.csv'`,
      `SELECT 1) AS q; COPY (SELECT 1) TO '${opened.dir}/evil.csv'; --`,
      `SELECT nope FROM records`,
    ])
      await assert.rejects(read('parts.csv', query), { code: 'source.query_refused' })
    await assert.rejects(read('parts.duckdb', 'DELETE FROM parts RETURNING id'), { code: 'source.query_refused' })
  })

  it('is free for whoever writes it as soon as nobody reads it', async () => {
    await using opened = await openFolder()
    const reading = opened.ask('parts.duckdb', 'SELECT * FROM parts').read({}, signal)[Symbol.asyncIterator]()
    await reading.next()
    await reading.return?.()

    const program = `import { DuckDBInstance } from '@duckdb/node-api'
      const connection = await (await DuckDBInstance.create(process.argv[1])).connect()
      await connection.run("INSERT INTO parts VALUES ('e', 'new', 1, 4)")`
    const written = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', program, join(opened.dir, 'parts.duckdb')],
      {
        cwd: import.meta.dirname,
        encoding: 'utf8',
      },
    )

    assert.deepEqual([written.status, written.stderr], [0, ''])
    assert.equal((await all(opened.ask('parts.duckdb', 'SELECT * FROM parts').read({}, signal))).length, 5)
  })

  it('is not there for another tenant, nor where no folder is named', async () => {
    await using opened = await openFolder()

    assert.throws(() => opened.open({ kind: 'duckdb', file: 'parts.csv' }, OTHER), { code: 'source.no_folder' })
    assert.throws(() => openerWith().open({ kind: 'duckdb', file: 'parts.csv' }, OWN), { code: 'source.no_folder' })
  })
})

describe('a query of BigQuery', () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const openProject = async (refuse?: Parameters<typeof startBigquery>[1]) => {
    const tokens = await startStub((_, response) => sendJson(response, { access_token: 'abc', expires_in: 3_600 }))
    const stub = await startBigquery(ROWS, refuse)
    const serviceAccount = { client_email: 'x@y.z', private_key: privateKey, token_uri: `${tokens.origin}/token` }
    const connections = {
      warehouse: { kind: 'bigquery', project: 'test-project', endpoint: stub.origin, serviceAccount },
    }
    const { open, outbound } = openerWith(connections, { allow: `${stub.host},${tokens.host}` })
    const stop = async () =>
      void (await Promise.all([stub, tokens, outbound].map((part) => part[Symbol.asyncDispose]())))
    const source = open({ kind: 'bigquery', connection: 'warehouse', query: 'SELECT * FROM parts' }, OWN)
    return { stub, tokens, source, [Symbol.asyncDispose]: stop }
  }
  sourceContract(() => openProject())

  it('is asked with a token of the service account, which is used again', async () => {
    await using opened = await openProject()

    await all(opened.source.read({}, signal))

    assert.equal(opened.tokens.seen.length, 1)
    assert.match(opened.tokens.seen[0]!.body, /grant_type=urn.*assertion=\w+\.\w+\./)
    assert.deepEqual([...new Set(opened.stub.seen.map(({ headers }) => headers.authorization))], ['Bearer abc'])
  })

  for (const [status, reason, code, kind] of [
    [400, 'invalidQuery', 'source.query_refused', 'data'],
    [404, 'notFound', 'source.query_refused', 'data'],
    [403, 'rateLimitExceeded', 'outbound.rate_limited', 'rate_limited'],
    [403, 'accessDenied', 'outbound.unauthorized', 'system'],
    [503, 'backendError', 'outbound.server_error', 'transient'],
  ] as const)
    it(`is ${kind} where it answers ${status} for ${reason}`, async () => {
      await using opened = await openProject((_, response) => {
        sendJson(response, refusal('Something about the table', reason), status)
        return true
      })

      await assert.rejects(all(opened.source.read({}, signal)), { code, kind })
    })
})
