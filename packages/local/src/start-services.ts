import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { freePort } from './free-port.ts'
import { supervise, type Supervised } from './supervise.ts'

export type ServicesOptions = {
  /** The checkout. */
  root: string
  /** Gets a log for each service. */
  logDir: string
  /** The URL that the role of that name connects with. */
  databaseUrl: (role: 'gateway' | 'worker') => string
  redisUrl: string
  blobDir: string
  gatewayPort: number
  /** What else the services read; wins over nothing that is set here. */
  env?: NodeJS.ProcessEnv
  signal?: AbortSignal | undefined
  report: (line: string) => void
}

export type Services = AsyncDisposable & {
  names: string[]
  /** Where each answers `/health/ready` and `/metrics`. */
  ports: Record<string, number>
  /** Gateway first, then the stages, then the orchestrator; at once when called again. */
  stop(): Promise<void>
}

/** In the order of starting; what stands in one group starts and stops at once. */
export const SERVICE_GROUPS = [
  ['orchestrator'],
  ['classification', 'extraction', 'enrichment', 'scoring'],
  ['gateway'],
] as const

const READY_WITHIN_MS = 60_000
const STOP_WITHIN_MS = 12_000

/**
 * Starts every service as a process of its own and waits until all are ready.
 *
 * @throws Error with the end of the log of the first one that is not ready in time; the others are stopped.
 */
export async function startServices(options: ServicesOptions): Promise<Services> {
  await mkdir(options.logDir, { recursive: true, mode: 0o700 })
  await writeWorkerSettings(options)
  const ports = await choosePorts(options.gatewayPort)
  const groups = SERVICE_GROUPS.map((names) => names.map((name) => start(name, ports[name] ?? 0, options)))
  const stop = stopper(groups)
  try {
    const waiting = { withinMs: READY_WITHIN_MS, signal: options.signal }
    await Promise.all(groups.flat().map((service) => service.whenReady(waiting)))
  } catch (error) {
    await stop()
    throw error
  }
  return { names: groups.flat().map(({ name }) => name), ports, stop, [Symbol.asyncDispose]: stop }
}

/** All different: a port that was found free and given back may be found again. */
async function choosePorts(gatewayPort: number): Promise<Record<string, number>> {
  const names = ['gateway', ...SERVICE_GROUPS.flat().filter((name) => name !== 'gateway')]
  const ports = new Set([gatewayPort])
  while (ports.size < names.length) ports.add(await freePort(0))
  return Object.fromEntries([...ports].map((port, at) => [names[at], port]))
}

function start(name: string, port: number, options: ServicesOptions): Supervised {
  const spec = {
    name,
    port,
    entry: join(options.root, 'services', name, 'src', 'main.ts'),
    env: serviceEnvironment(name, port, options),
    logFile: resolve(options.logDir, `${name}.log`),
  }
  return supervise(spec, options.report)
}

function serviceEnvironment(name: string, port: number, options: ServicesOptions): NodeJS.ProcessEnv {
  return {
    STAGELINE_DRAIN_MS: '8000',
    ...options.env,
    DATABASE_URL: options.databaseUrl(name === 'gateway' ? 'gateway' : 'worker'),
    REDIS_URL: options.redisUrl,
    STAGELINE_BLOB_DIR: options.blobDir,
    STAGELINE_PARENT: '1',
    PORT: String(port),
  }
}

/** What a worker that somebody starts beside these needs, to be read by a shell; it holds a password. */
async function writeWorkerSettings({ logDir, databaseUrl, redisUrl, blobDir }: ServicesOptions): Promise<void> {
  const settings = { DATABASE_URL: databaseUrl('worker'), REDIS_URL: redisUrl, STAGELINE_BLOB_DIR: resolve(blobDir) }
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'\n`)
  await writeFile(join(logDir, '..', 'services.env'), lines.join(''), { mode: 0o600 })
}

/** What is asked first stops first: the gateway takes nothing new while the stages still end what they hold. */
function stopper(groups: Supervised[][]): () => Promise<void> {
  let stopping: Promise<unknown> | undefined
  const stopAll = (services: Supervised[], withinMs: number) =>
    Promise.all(services.map((service) => service.stop({ withinMs })))
  const inOrder = async () => {
    for (const group of groups.toReversed()) await stopAll(group, STOP_WITHIN_MS)
  }
  return async () => {
    if (stopping) await stopAll(groups.flat(), 0)
    stopping ??= inOrder()
    await stopping
  }
}
