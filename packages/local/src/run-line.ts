import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { checkServers } from './check-servers.ts'
import { databaseAccess, migrate, type DatabaseAccess } from './database-access.ts'
import { gatewayClient, type GatewayClient } from './gateway-client.ts'
import { chooseGatewayPort } from './gateway-port.ts'
import { keptApiKey, keyFile } from './kept-api-key.ts'
import { readState, writeState } from './local-state.ts'
import { lockFile, type Lock } from './lock-file.ts'
import { offerCatalog } from './offer-catalog.ts'
import { removeData } from './remove-data.ts'
import { runSamples } from './samples/run-samples.ts'
import { readSamples, type Sample } from './samples/sample.ts'
import { startServices } from './start-services.ts'
import { startStores, type Stores } from './start-stores.ts'
import { UsageError, type StartOptions } from './start-options.ts'
import { report, tell, tellWrapped } from './tell.ts'

export type Surroundings = {
  /** The checkout. */
  root: string
  env: NodeJS.ProcessEnv
  /** Aborts when everything is to stop. */
  signal: AbortSignal
  /** Aborts when that takes too long for somebody. */
  hurry: AbortSignal
}

/**
 * Starts everything, sends the samples through and waits until it is to stop; then stops everything.
 *
 * @returns the exit code.
 */
export async function runLine(options: StartOptions, around: Surroundings): Promise<number> {
  const home = join(around.root, '.stageline')
  await mkdir(home, { recursive: true, mode: 0o711 })
  using _alone = await onlyCopy(home)
  const samples = options.samples === undefined ? undefined : await readSamples(options.samples)
  await checkServers(around.env)
  if (options.fresh) await startFresh(home, around.env)
  const port = await chooseGatewayPort(options.port, report)
  await using running = new AsyncDisposableStack()
  const { client, key } = await bringUp({ home, port, running }, around)

  const unexpected = samples === undefined ? 0 : await sendSamples(samples, home, client, around.signal)
  showAddresses(client.url, key, relative(around.root, keyFile(home)))
  if (options.once) return unexpected === 0 ? 0 : 1
  if (!around.signal.aborted) await once(around.signal, 'abort')
  report('\nStopping (Ctrl-C again to hurry) …')
  return 0
}

/** Held until the process ends, however that happens. */
async function onlyCopy(home: string): Promise<Lock> {
  const lock = await lockFile(join(home, 'run.lock'), { mode: 'exclusive' })
  if (lock) return lock
  const { pid, url } = await readState(home)
  const end = pid === undefined ? 'Ctrl-C in its terminal' : `Ctrl-C in its terminal, or kill ${pid},`
  throw new Error(
    `This checkout runs already: ${url ?? 'it is starting'} (process ${pid ?? 'unknown'})\n${end} stops it`,
  )
}

async function startFresh(home: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (env.DATABASE_URL || env.REDIS_URL) {
    throw new UsageError(
      '--fresh deletes data of this checkout only: empty the servers of DATABASE_URL and REDIS_URL yourself',
    )
  }
  await removeData(home)
  report('The data of this checkout are deleted')
}

type Rising = { home: string; port: number; running: AsyncDisposableStack }

async function bringUp({ home, port, running }: Rising, around: Surroundings) {
  const { root, env, signal } = around
  const url = `http://127.0.0.1:${port}`
  await writeState(home, { ...(await readState(home)), pid: process.pid, url })
  const stores = running.use(await startStores(storeOptions(home, around)))
  tellStores(stores, root)
  const access = await databaseAccess(home, stores.databaseUrl, env)
  await migrate(root, access, signal)
  // Beside the services, which need it only when samples come; what it throws is thrown when they are up.
  const offered = Promise.allSettled([offerCatalog({ home, root, env, access, signal })])
  await startLine({ home, port, running }, around, { stores, access })
  for (const result of await offered) if (result.status === 'rejected') throw result.reason
  const key = await keptApiKey({ home, root, url, access, signal })
  return { client: gatewayClient(url, key, signal), key }
}

const storeOptions = (home: string, { root, env, signal }: Surroundings) => ({
  dir: home,
  cache: join(root, '.cache'),
  databaseUrl: env.DATABASE_URL,
  redisUrl: env.REDIS_URL,
  signal,
  report,
})

function tellStores({ postgres, redis }: Stores, root: string): void {
  const place = ({ port, folder }: { port: number; folder: string }) =>
    `port ${port}, data in ${relative(root, folder).startsWith('..') ? folder : relative(root, folder)}`
  tellWrapped('Postgres', postgres ? `${postgres.name}, ${place(postgres)}` : 'the one of DATABASE_URL')
  tellWrapped('Redis', redis ? `${redis.name}, ${place(redis)}` : 'the one of REDIS_URL')
}

async function startLine(
  { home, port, running }: Rising,
  { root, env, signal, hurry }: Surroundings,
  { stores, access }: { stores: Stores; access: DatabaseAccess },
): Promise<void> {
  const startedAt = performance.now()
  const services = running.use(
    await startServices({
      root,
      logDir: join(home, 'logs'),
      databaseUrl: access.urlFor,
      redisUrl: stores.redisUrl,
      blobDir: join(home, 'blobs'),
      gatewayPort: port,
      env,
      signal,
      report,
    }),
  )
  hurry.addEventListener('abort', () => void services.stop(), { once: true })
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  tellWrapped('Services', `${services.names.join(', ')}: ready after ${seconds} s, logs in .stageline/logs`)
}

async function sendSamples(
  samples: Sample[],
  home: string,
  client: GatewayClient,
  signal: AbortSignal,
): Promise<number> {
  const state = await readState(home)
  const onSubmitted = async (name: string, jobId: string) => {
    state.samples[name] = jobId
    await writeState(home, state)
  }
  return runSamples({ samples, earlier: state.samples, client, signal, onSubmitted })
}

/** The key itself is for the eyes of whoever sits at the terminal, not for the logs of a pipeline. */
function showAddresses(url: string, key: string, file: string): void {
  tell('Pages', process.stdout.isTTY ? `${url}/sign-in#${key}` : `${url}/ (the key to sign in with: ${file})`)
  tell('Board', `${url}/queues`)
  tell('API', `${url}/docs`)
  tell('Submit', `curl -H "Authorization: Bearer $(cat ${file})" -F file=@invoice.pdf ${url}/v1/documents`)
}
