import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { askRedis } from './ask-redis.ts'
import { portIfFree } from './free-port.ts'
import { removeData } from './remove-data.ts'
import { startRedis } from './start-redis.ts'
import { startStores, type Stores } from './start-stores.ts'

const cache = fileURLToPath(new URL('../../../.cache', import.meta.url))

test('both servers answer with their passwords, keep what was written and stop', async () => {
  const dir = setup()
  const first = await startStores({ dir, cache })
  await query(first, 'create table kept (it int)')
  await redis(first, 'SET kept yes')
  await first.stop()
  assert.ok(await areGone(first))

  await using second = await startStores({ dir, cache })

  assert.deepEqual(await query(second, 'select count(*)::int as rows from kept'), [{ rows: 0 }])
  assert.match(await redis(second, 'GET kept'), /yes/)
})

test('servers listen on the loopback only, refuse a wrong password and keep the right one to their owner', async () => {
  const dir = setup()
  await using stores = await startStores({ dir, cache })
  const url = new URL(stores.databaseUrl)
  url.password = 'wrong'

  await assert.rejects(query({ ...stores, databaseUrl: url.href }, 'select 1'), /password authentication failed/)
  assert.match(await askRedis({ port: stores.redis?.port ?? 0, password: 'wrong' }, 'PING'), /NOAUTH|WRONGPASS/)
  assert.deepEqual(await query(stores, 'show listen_addresses'), [{ listen_addresses: '127.0.0.1' }])
  for (const name of ['postgres-password', 'redis-password']) {
    assert.equal(statSync(join(dir, name)).mode & 0o077, 0, name)
  }
})

test('what is accepted survives a loss of power, and a full Redis refuses instead of forgetting', async () => {
  await using stores = await startStores({ dir: setup(), cache })

  assert.deepEqual(await query(stores, 'show fsync'), [{ fsync: 'on' }])
  assert.deepEqual(await query(stores, 'show synchronous_commit'), [{ synchronous_commit: 'on' }])
  assert.match(await redis(stores, 'CONFIG GET appendonly'), /yes/)
  assert.match(await redis(stores, 'CONFIG GET maxmemory-policy'), /noeviction/)
})

test('two users of one folder share the servers, and the last one stops them', async () => {
  const dir = setup()
  const [one, two] = await Promise.all([startStores({ dir, cache }), startStores({ dir, cache })])
  assert.equal(one.databaseUrl, two.databaseUrl)
  assert.equal(one.redisUrl, two.redisUrl)

  await one.stop()
  assert.deepEqual(await query(two, 'select 1 as one'), [{ one: 1 }])
  assert.match(await redis(two, 'PING'), /PONG/)

  await two.stop()
  assert.ok(await areGone(two))
})

test('the servers of a killed run are taken over, and stop with the run that did', async () => {
  const dir = setup()
  const killed = await startAndKill(dir)

  const next = await startStores({ dir, cache })

  assert.equal(next.databaseUrl, killed.databaseUrl)
  assert.equal(next.redisUrl, killed.redisUrl)
  await next.stop()
  assert.ok(await areGone(next))
})

test('a killed server is started again on its data', async () => {
  const dir = setup()
  await using first = await startStores({ dir, cache })
  await query(first, 'create table kept (it int)')
  const pid = Number((await readFile(join(first.postgres?.folder ?? '', 'data/postmaster.pid'), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
  await untilFree(first.postgres?.port ?? 0)

  await using second = await startStores({ dir, cache })

  assert.deepEqual(await query(second, 'select count(*)::int as rows from kept'), [{ rows: 0 }])
})

test('a port that is taken is passed over', async () => {
  await using one = await startStores({ dir: setup(), cache })
  await using two = await startStores({ dir: setup(), cache })

  assert.notEqual(one.postgres?.port, two.postgres?.port)
  assert.notEqual(one.redis?.port, two.redis?.port)
})

test('a Redis that has ended counts as stopped though another one listens on its port', async () => {
  const ended = await startRedis({ dir: setup(), cache, port: 41_000 + Math.floor(Math.random() * 10_000) })
  const about = await redis({ redisUrl: ended.url }, 'INFO server')
  process.kill(Number(/^process_id:(\d+)/m.exec(about)?.[1]), 'SIGKILL')
  await untilFree(ended.port)
  const other = await startRedis({ dir: setup(), cache, port: ended.port })

  await ended.stop()

  assert.equal(other.port, ended.port)
  assert.match(await redis({ redisUrl: other.url }, 'PING'), /^\+PONG/m)
  await other.stop()
})

test('servers that the caller brings are used as they are', async () => {
  const given = { databaseUrl: 'postgres://somebody@db/x', redisUrl: 'redis://cache' }

  await using stores = await startStores({ dir: setup(), ...given })

  assert.equal(stores.databaseUrl, given.databaseUrl)
  assert.equal(stores.redisUrl, given.redisUrl)
  assert.equal(stores.postgres, undefined)
  assert.equal(stores.redis, undefined)
})

test('removing data stops what still runs on them', async () => {
  const dir = setup()
  const stores = await startStores({ dir, cache })

  await removeData(dir)

  assert.ok(await areGone(stores))
  await using fresh = await startStores({ dir, cache })
  assert.notEqual(fresh.databaseUrl, stores.databaseUrl)
})

const folders: string[] = []
after(async () => {
  for (const folder of folders) {
    await removeData(folder)
    rmSync(folder, { recursive: true, force: true })
  }
})

function setup(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stageline-stores-'))
  folders.push(folder)
  return folder
}

type Urls = Pick<Stores, 'databaseUrl' | 'redisUrl'>

async function query({ databaseUrl }: Urls, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  // The connection may be cut by the very stop that a test asks for.
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

function redis({ redisUrl }: Pick<Urls, 'redisUrl'>, command: string): Promise<string> {
  const { port, password } = new URL(redisUrl)
  return askRedis({ port: Number(port), password }, command)
}

async function areGone({ databaseUrl, redisUrl }: Urls): Promise<boolean> {
  const ports = [databaseUrl, redisUrl].map((url) => Number(new URL(url).port))
  await Promise.all(ports.map(untilFree))
  return true
}

/** Fails by the time-out of the runner when the port is never given up. */
async function untilFree(port: number): Promise<void> {
  while ((await portIfFree(port)) === undefined) await new Promise(setImmediate)
}

async function startAndKill(dir: string): Promise<Urls> {
  const script = `import { startStores } from ${JSON.stringify(import.meta.resolve('./start-stores.ts'))}
    const { databaseUrl, redisUrl } = await startStores(${JSON.stringify({ dir, cache })})
    console.log(JSON.stringify({ databaseUrl, redisUrl }))
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  return JSON.parse(String(said))
}
