import { createTestDatabase, openSilentLine, startTestRedis, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

const ROOT = join(import.meta.dirname, '../..')
const ENTRIES = {
  gateway: 'services/gateway/src/main.ts',
  orchestrator: 'services/orchestrator/src/main.ts',
  scripted: 'packages/testkit/src/run-scripted-stage.ts',
}
type Health = {
  status: number
  body: { reason?: string; checks?: Record<string, { status: string; output?: string }> }
}
type Service = {
  name: keyof typeof ENTRIES
  child: ChildProcess
  log: () => string
  ask: (path: string) => Promise<Health>
}

describe('while its stores are away', () => {
  let stores: Awaited<ReturnType<typeof openStores>>
  before(async () => void (stores = await openStores()))
  after(() => stores[Symbol.asyncDispose]())

  const HOW = {
    'Redis hangs': () => stores.redis.silence(),
    'Postgres hangs': () => stores.postgres.silence(),
    'both hang': () => (stores.redis.silence(), stores.postgres.silence()),
    'both are gone': () => (stores.redis.cut(), stores.postgres.cut()),
  }
  for (const [how, strike] of Object.entries(HOW)) {
    it(`a service stops in order and in time: ${how}`, async () => {
      stores.restore()
      await using services = await startAll(stores)
      await waitFor(async () => (await services.ready()).every(({ status }) => status === 200), READY)

      strike()
      const isAway = how.includes('Redis') ? 'redis' : 'postgres'
      await waitFor(async () => (await services.ready()).every(({ body }) => body.reason?.includes(isAway)), READY)
      const begun = performance.now()
      const codes = await services.stop()

      assert.deepEqual(codes, [0, 0, 0])
      assert.ok(performance.now() - begun < 10_000, `${performance.now() - begun} ms`)
    })
  }

  it('a service starts, lives, says what is missing, and is ready within 5 s of its coming', async () => {
    stores.redis.cut()
    stores.postgres.cut()
    await using services = await startAll(stores)
    await waitFor(async () => (await services.live()).every(({ status }) => status === 200), READY)

    const [gateway, ...workers] = await services.ready()
    stores.restore()
    const restored = performance.now()
    await waitFor(async () => (await services.ready()).every(({ status }) => status === 200), READY)

    assert.match(gateway!.body.reason ?? '', /^not available: .*postgres/)
    for (const { status, body } of workers) {
      assert.equal(status, 503)
      assert.match(body.reason ?? '', /^not available: postgres, redis$/)
    }
    assert.ok(performance.now() - restored < 5_000, `${performance.now() - restored} ms`)
  })

  it('a service whose stores have names that lead nowhere starts, lives and stops', async () => {
    const nowhere = { redisUrl: 'redis://nowhere.invalid:6379', postgresUrl: 'postgres://a:b@nowhere.invalid:5432/c' }
    await using services = await startAll({ ...stores, ...nowhere })
    await waitFor(async () => (await services.live()).every(({ status }) => status === 200), READY)

    const answers = await services.ready()
    const codes = await services.stop()

    for (const { body } of answers) assert.match(body.reason ?? '', /postgres/)
    assert.deepEqual(codes, [0, 0, 0])
  })
})

const READY = { timeoutMs: 60_000, message: 'the services to say so' }

async function openStores() {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await createTestDatabase())
  const server = stack.use(await startTestRedis())
  const redis = stack.use(await openSilentLine(server.url))
  const postgres = stack.use(await openSilentLine(database.workerUrl))
  const restore = () => (redis.restore(), postgres.restore())
  return {
    redis,
    postgres,
    restore,
    redisUrl: redis.url,
    postgresUrl: postgres.url,
    gatewayUrl: database.gatewayUrl,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

type Stores = { redisUrl: string; postgresUrl: string; gatewayUrl: string }

async function startAll({ redisUrl, postgresUrl, gatewayUrl }: Stores) {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'stageline-away-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const url = { worker: new URL(postgresUrl), gateway: new URL(postgresUrl) }
  ;[url.gateway.username, url.gateway.password] = [new URL(gatewayUrl).username, new URL(gatewayUrl).password]
  const names = Object.keys(ENTRIES) as (keyof typeof ENTRIES)[]
  const children = names.map((name) =>
    launch(name, {
      PATH: process.env['PATH'],
      DATABASE_URL: (name === 'gateway' ? url.gateway : url.worker).href,
      REDIS_URL: redisUrl,
      STAGELINE_BLOB_DIR: folder,
      STAGELINE_QUEUE_PREFIX: `away-${process.pid}`,
      STAGELINE_DRAIN_MS: '6000',
      STAGELINE_PARENT: '1',
    }),
  )
  const stop = () => Promise.all(children.map(stopped))
  stack.defer(async () => void (await stop()))
  const services = await Promise.all(children.map((child, index) => listening(names[index]!, child)))
  const started = stack.move()
  return {
    live: () => Promise.all(services.map(({ ask }) => ask('/health/live'))),
    ready: () => Promise.all(services.map(({ ask }) => ask('/health/ready'))),
    stop,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

const launch = (name: keyof typeof ENTRIES, env: NodeJS.ProcessEnv): ChildProcess =>
  fork(join(ROOT, ENTRIES[name]), [], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })

async function listening(name: keyof typeof ENTRIES, child: ChildProcess): Promise<Service> {
  let log = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (log += text))
  const port = await waitFor(() => /"port":(\d+)/.exec(log)?.[1], { timeoutMs: 60_000, message: `${name} to listen` })
  const ask = async (path: string): Promise<Health> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5_000) })
    return { status: answer.status, body: (await answer.json()) as Health['body'] }
  }
  return { name, child, log: () => log, ask }
}

async function stopped(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const ended = once(child, 'exit') as Promise<[number | null]>
  child.kill('SIGTERM')
  return (await ended)[0]
}
