import { loadCatalog } from '@stageline/runtime'
import { createApiKey } from '@stageline/store'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createTestDatabase } from './test-database.ts'
import { testRedisUrl } from './test-redis.ts'
import { waitFor } from './wait-for.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const FOUR = ['classification', 'extraction', 'enrichment', 'scoring']

export type LineOptions = {
  /** Services to start besides gateway and orchestrator; default the four stages. */
  stages?: readonly string[]
  /** Scripted stages to start, by name, with their settings; those with commas between them in one process. */
  scripted?: Readonly<Record<string, object>>
  /** A Redis of its own, for tests that wipe or stop it. */
  redisUrl?: string
  /** The same Redis under the name that the gateway has there; default the one of all. */
  gatewayRedisUrl?: string
  /** Begins the names of its keys; default one of its own. */
  prefix?: string
  env?: NodeJS.ProcessEnv
}

/**
 * The whole line as real processes over a database and a queue prefix of its own. Logs go to a file that a failing wait
 * names. Disposing stops everything and removes what it made.
 */
export async function startLine(options: LineOptions = {}) {
  const { stages = FOUR, scripted = {}, env = {}, redisUrl: ownRedis } = options
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await createTestDatabase())
  const folder = await mkdtemp(join(tmpdir(), 'stageline-line-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const redisUrl = ownRedis ?? (await testRedisUrl())
  const prefix = options.prefix ?? `t${process.pid}-${Math.random().toString(36).slice(2, 8)}`
  const { key } = await createApiKey({ adminUrl: database.adminUrl, name: 'test' })
  const catalog = ['parts', 'vendors', 'products'].map((name) => join(ROOT, 'examples/catalog', `${name}.ndjson`))
  await loadCatalog({ url: database.gatewayUrl, files: catalog, ifEmpty: true })
  const port = await freePort()
  const log = join(folder, 'services.log')
  const running = new Map<string, ChildProcess[]>()

  const environment = (role: 'gateway' | 'worker'): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    DATABASE_URL: role === 'gateway' ? database.gatewayUrl : database.workerUrl,
    REDIS_URL: role === 'gateway' ? (options.gatewayRedisUrl ?? redisUrl) : redisUrl,
    STAGELINE_BLOB_DIR: join(folder, 'blobs'),
    STAGELINE_QUEUE_PREFIX: prefix,
    STAGELINE_PARENT: '1',
    STAGELINE_DRAIN_MS: '4000',
    ...env,
  })

  const launch = (name: string, entry: string, own: NodeJS.ProcessEnv): ChildProcess => {
    const out = openSync(log, 'a')
    const child = fork(entry, [], {
      cwd: ROOT,
      env: own,
      execPath: process.execPath,
      stdio: ['ignore', out, out, 'ipc'],
    })
    running.set(name, [...(running.get(name) ?? []), child])
    return child
  }

  const start = (name: string, settings: NodeJS.ProcessEnv = {}): ChildProcess => {
    if (name in scripted) {
      const own = {
        ...environment('worker'),
        SCRIPTED_STAGE: name,
        SCRIPTED_SETTINGS: JSON.stringify(scripted[name]),
        ...settings,
      }
      return launch(name, join(import.meta.dirname, 'run-scripted-stage.ts'), own)
    }
    const role = name === 'gateway' ? 'gateway' : 'worker'
    const own = { ...environment(role), ...(name === 'gateway' ? { PORT: String(port) } : {}), ...settings }
    return launch(name, join(ROOT, 'services', name, 'src/main.ts'), own)
  }

  const stop = async (name: string, signal: NodeJS.Signals = 'SIGTERM') => {
    const children = (running.get(name) ?? []).filter(
      ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
    )
    running.delete(name)
    await Promise.all(
      children.map(async (child) => {
        const ended = once(child, 'exit')
        child.kill(signal)
        await ended
      }),
    )
  }
  stack.defer(async () => void (await Promise.all([...running.keys()].map((name) => stop(name)))))

  for (const name of ['gateway', 'orchestrator', ...stages, ...Object.keys(scripted)]) start(name)
  const baseUrl = `http://127.0.0.1:${port}`
  const ready = async () => (await fetch(`${baseUrl}/health/ready`).catch(() => undefined))?.ok === true
  const wanted = [...stages, ...Object.keys(scripted).flatMap((names) => names.split(','))]
  const call = async (path: string, init: RequestInit = {}) =>
    fetch(`${baseUrl}${path}`, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } })
  const staffed = async () => {
    const { items } = (await (await call('/v1/stages')).json()) as { items: { stage: string; workers: unknown[] }[] }
    return wanted.every((name) => items.some(({ stage, workers }) => stage === name && workers.length > 0))
  }
  await waitFor(async () => (await ready()) && (await staffed()), {
    timeoutMs: 120_000,
    message: `the line to be ready (log: ${log})`,
  })
  const started = stack.move()
  return {
    baseUrl,
    apiKey: key,
    /** A request with the key. */
    call,
    /** The same, and its JSON body. */
    json: async <Body>(path: string, init: RequestInit = {}): Promise<Body> =>
      (await (await call(path, init)).json()) as Body,
    database,
    redisUrl,
    prefix,
    log,
    folder,
    start,
    stop,
    /** What a worker started beside the line needs. */
    workerEnvironment: () => environment('worker'),
    pids: (name: string) => (running.get(name) ?? []).map(({ pid }) => pid!),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
