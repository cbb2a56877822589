import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { prepare, startServices } from '../contenders/stageline.ts'
import { cpuSeconds, memoryMb } from './cost.ts'
import { startServers } from './servers.ts'

export const REAL_STAGES = ['classification', 'extraction', 'enrichment', 'scoring'] as const
/** Until V8 has compiled what a start-up ran often; right after it an idle process takes twice as much. */
const SETTLE_MS = 60_000
const WATCH_MS = 30_000

export type Idle = {
  /** Percent of a core, by part. */
  cpu: Map<string, number>
  /** MB of each service. */
  memory: Map<string, number>
}

/** The whole set as people run it, with nothing to do. */
export async function idle(): Promise<Idle> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'stageline-bench-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'blobs'))
  const servers = stack.use(await startServers(join(folder, 'stores')))
  const env = { databaseUrl: servers.databaseUrl, redisUrl: servers.redisUrl, folder }
  await prepare(env)
  const names = ['gateway', 'orchestrator', ...REAL_STAGES]
  const services = stack.use(await startServices(env, names))
  await delay(SETTLE_MS)
  const pids = new Map(names.map((name, i) => [name, services.pids[i]!]))
  const parts = new Map([...pids, ['Postgres', servers.postgresPid], ['Redis', servers.redisPid]])
  const used = () => new Map([...parts].map(([name, pid]) => [name, cpuSeconds([pid])]))
  const before = used()
  await delay(WATCH_MS)
  const after = used()
  const percent = (name: string) => ((after.get(name)! - before.get(name)!) * 100_000) / WATCH_MS
  return {
    cpu: new Map([...parts.keys()].map((name) => [name, percent(name)])),
    memory: new Map([...pids].map(([name, pid]) => [name, memoryMb(pid)])),
  }
}
