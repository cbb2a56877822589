import { waitFor } from '@stageline/testkit'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { Contender } from '../contenders/contender.ts'
import { startChild, type Child } from './child.ts'
import { cpuSeconds, machineSeconds } from './cost.ts'
import { startServers, type Servers } from './servers.ts'

/** A contender at work on servers of its own. */
export type Rig = AsyncDisposable & {
  servers: Servers
  folder: string
  workers: readonly Child[]
  /** In the order in which the contender names its services. */
  servicePids: readonly number[]
  submitter: Child
  /** When each item was done, by its id. */
  doneAt: Map<string | number, number>
  /** When the handler of its first stage started, by item; of workers that were asked to `watch`. */
  startedAt: Map<number, number>
  untilDone(count: number, withinMs?: number): Promise<void>
  /** Processor seconds so far by part, and of the whole machine. */
  cost(): Cost
  /** Fresh statistics of the planner, as autovacuum makes them in a system that has run for some minutes. */
  analyze(): Promise<void>
}

export type Cost = {
  worker: number
  submitter: number
  services: number
  postgres: number
  redis: number
  machine: number
}

const WARM_UP = 300

/** Starts everything, lets it work some items, and forgets them. */
export async function startRig(contender: Contender): Promise<Rig> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'stageline-bench-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'blobs'))
  const servers = stack.use(await startServers(join(folder, 'stores')))
  const env = { databaseUrl: servers.databaseUrl, redisUrl: servers.redisUrl, folder }
  await contender.setup?.(env)
  const services = await contender.services?.(env)
  if (services) stack.use(services)
  const doneAt: Rig['doneAt'] = new Map()
  const onDone = (ended: readonly [string | number, number][]) => {
    for (const [id, at] of ended) if (!doneAt.has(id)) doneAt.set(id, at)
  }
  const startedAt: Rig['startedAt'] = new Map()
  const onStarted = (item: number, at: number) => void startedAt.set(item, at)
  const start = (role: 'worker' | 'submitter', stages: Contender['workers'][number] = []) => {
    const child = startChild({ role, contender: contender.name, env, stages }, onDone, onStarted)
    stack.defer(() => child.stop())
    return child
  }
  const workers = contender.workers.map((stages) => start('worker', stages))
  await Promise.all(workers.map((worker) => worker.next('ready')))
  const submitter = start('submitter')
  await submitter.next('ready')
  const untilDone = async (count: number, withinMs = 180_000) =>
    void (await waitFor(() => doneAt.size >= count, {
      timeoutMs: withinMs,
      message: `${count} items of ${contender.name}`,
    }))
  const submitted = submitter.next('submitted')
  submitter.ask({ kind: 'submit', from: 1_000_000, count: WARM_UP })
  await submitted
  await untilDone(WARM_UP)
  doneAt.clear()
  const started = stack.move()
  return {
    servers,
    folder,
    workers,
    servicePids: services?.pids ?? [],
    submitter,
    doneAt,
    startedAt,
    untilDone,
    cost: () => ({
      worker: cpuSeconds(workers.map(({ pid }) => pid)),
      submitter: cpuSeconds([submitter.pid]),
      services: cpuSeconds(services?.pids ?? []),
      postgres: cpuSeconds([servers.postgresPid]),
      redis: cpuSeconds([servers.redisPid]),
      machine: machineSeconds(),
    }),
    analyze: () => ask(servers.databaseUrl, 'ANALYZE'),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

async function ask(databaseUrl: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'stageline-bench' })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
