import { randomBytes } from 'node:crypto'
import { freePort } from '@stageline/local'
import { startHttpSink, waitFor } from '@stageline/testkit'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAdmin, type Admin } from './admin.ts'
import { runChecker, type Verdict } from './check.ts'
import { startCuriousTenants, type CuriousTenants } from './curious-tenants.ts'
import { createLoad, type Load } from './load.ts'
import type { Member } from './member.ts'
import { prepareTenants, registerWorkflow } from './prepare-tenants.ts'
import { migrateEarlier } from './migrate-earlier.ts'
import { movingJobs } from './open-jobs.ts'
import { startProxy, type Proxy } from './proxy.ts'
import { createRandom, type Random } from './random.ts'
import { openRecorder, type Recorder } from './recorder.ts'
import { startWatch, type Watch } from './recovery.ts'
import { startMembers } from './start-members.ts'
import { startFaultyStores, type FaultyStores } from './stores.ts'
import { createSubmitter, type Tenant } from './submitter.ts'

export type RigOptions = {
  seed: number
  gateways?: number
  orchestrators?: number
  /** Workers of each stage. */
  workers?: number
  /** Root of an earlier checkout: its migrations come first, and the second process of each kind is of that version. */
  earlier?: string
  /** Settings for every process, over those of the rig. */
  env?: NodeJS.ProcessEnv
  /** Settings of `postgresql.conf` beside the durable defaults. */
  postgresSettings?: Record<string, string>
  /** Leaves logs, recorder and data behind. */
  keep?: boolean
  report?: (line: string) => void
}

/** The line as it is deployed, a proxy on every way, load upon it, and everybody who watches. */
export type Rig = AsyncDisposable & {
  folder: string
  seed: number
  random: Random
  stores: FaultyStores
  admin: Admin
  members: readonly Member[]
  /** Members that work a stage, or play a role (`gateway`, `orchestrator`). */
  of(group: string): readonly Member[]
  /** Between the workers and the outside system that they call. */
  downstream: Proxy
  /** How often the downstream was called with each `Idempotency-Key`. */
  calls: ReadonlyMap<string, number>
  tenants: readonly Tenant[]
  prefix: string
  recorder: Recorder
  curious: CuriousTenants
  load: Load
  watch: Watch
  /** Ends every fault that lasts: thaws, restarts stores, lets all proxies pass, and waits until all are ready. */
  heal(): Promise<void>
  /** Stops the load and waits until nothing moves any more; returns how many jobs are still open. */
  quiesce(withinMs?: number): Promise<number>
  check(options: { quiesced: boolean }): Promise<Verdict>
}

const READY_WITHIN_MS = 90_000
/** A table that grows from nothing is analysed before the plans made for an empty one hurt. */
const SETTINGS = { autovacuum_naptime: '5s' }

/** Starts stores, processes and proxies, registers the workflow, and returns when all are ready. */
export async function startRig(options: RigOptions): Promise<Rig> {
  const stack = new AsyncDisposableStack()
  try {
    return await assemble(options, stack)
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

async function assemble(options: RigOptions, stack: AsyncDisposableStack): Promise<Rig> {
  const { seed, report = () => undefined } = options
  const random = createRandom(seed)
  const folder = await mkdtemp(join(tmpdir(), 'stageline-fault-'))
  if (!options.keep) stack.defer(() => rm(folder, { recursive: true, force: true }))
  report(`starting Postgres and Redis in ${folder}`)
  const stores = stack.use(
    await startFaultyStores(join(folder, 'stores'), { ...SETTINGS, ...options.postgresSettings }),
  )
  const admin = createAdmin(() => stores.databaseUrl())
  // Of this rig alone: the server of another one may come to listen where ours has just been killed.
  const passwords = { gateway: randomBytes(12).toString('hex'), worker: randomBytes(12).toString('hex') }
  if (options.earlier) await migrateEarlier(options.earlier, stores.databaseUrl(), passwords)
  const tenants = await prepareTenants(stores.databaseUrl(), admin, passwords)
  const recorder = stack.use(openRecorder(join(folder, 'recorder.ndjson')))
  const sink = stack.use(
    await startHttpSink({
      onCall: (key) =>
        recorder.write({ kind: 'call', at: new Date().toISOString(), key, jobId: key.split('/')[0] ?? '' }),
    }),
  )
  const proxy = async (name: string, target: () => string | undefined) =>
    stack.use(await startProxy({ name, port: await ownPort(), target: () => addressOf(target()), random }))
  const downstream = await proxy('downstream', () => sink.url)
  const prefix = `fault-${randomBytes(4).toString('hex')}`
  report('starting the processes')
  const members = await startMembers({ ...options, folder, stores, passwords, prefix, proxy, ownPort })
  stack.defer(async () => void (await Promise.all(members.map((member) => member.stop(6_000)))))
  await Promise.all(members.map((member) => member.whenReady(READY_WITHIN_MS)))
  const of = (group: string) => members.filter((member) => member.group === group)
  await registerWorkflow(of('gateway')[0]!, tenants)
  const load = stack.use(
    createLoad({
      submitter: createSubmitter(of('gateway'), recorder),
      tenants,
      sink: `http://127.0.0.1:${downstream.port}/`,
      random: random.fork('load'),
      runId: `s${seed}`,
    }),
  )
  const curious = stack.use(startCuriousTenants({ gateways: of('gateway'), tenants, recorder }))
  const watch = stack.use(startWatch(admin, recorder, load))
  const heal = () => healAll({ stores, members, downstream })
  return {
    folder,
    seed,
    random: random.fork('faults'),
    stores,
    admin,
    members,
    of,
    downstream,
    calls: sink.calls,
    tenants,
    prefix,
    recorder,
    curious,
    load,
    watch,
    heal,
    quiesce: async (withinMs = 120_000) => {
      load.stop()
      await heal()
      await load.settled(60_000)
      await waitFor(async () => (await movingJobs({ admin })) === 0, { timeoutMs: withinMs }).catch(() => undefined)
      return movingJobs({ admin })
    },
    check: ({ quiesced }) =>
      runChecker({
        databaseUrl: stores.databaseUrl(),
        redisUrl: stores.redisUrl(),
        prefix,
        recorder: recorder.file,
        quiesced,
      }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const given = new Set<number>()

/**
 * Below the ports that outgoing connections get: one that is free for a while must not be taken by them. Nor is it given
 * twice: who got it may not listen yet.
 */
async function ownPort(): Promise<number> {
  const port = await freePort(12_000 + Math.floor(Math.random() * 18_000))
  if (given.has(port)) return ownPort()
  given.add(port)
  return port
}

function addressOf(url: string | undefined): { host: string; port: number } | undefined {
  if (url === undefined) return undefined
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}

async function healAll({ stores, members, downstream }: Pick<Rig, 'stores' | 'members' | 'downstream'>): Promise<void> {
  stores.thawRedis()
  await Promise.all([stores.startPostgres(), stores.startRedis()])
  await downstream.set({ kind: 'pass' })
  for (const member of members) {
    member.thaw()
    member.breakAt('')
    member.shiftClock(0)
    member.postgres.interrupt(undefined)
    member.redis.interrupt(undefined)
    await member.weather({ kind: 'pass' })
  }
  await Promise.all(members.map((member) => member.whenReady(READY_WITHIN_MS)))
}
