import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CALLING, STAGES } from './job-mix.ts'
import { startMember, type Member } from './member.ts'
import type { Proxy } from './proxy.ts'
import type { RigOptions } from './start-rig.ts'
import type { FaultyStores } from './stores.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const PRELOADS = ['fault-points.ts', 'clock.ts'].map((name) => join(ROOT, 'test/fault/preload', name))
const SCRIPTED = 'packages/testkit/src/run-scripted-stage.ts'

type Needs = RigOptions & {
  folder: string
  stores: FaultyStores
  passwords: Record<'gateway' | 'worker', string>
  prefix: string
  proxy: (name: string, target: () => string | undefined) => Promise<Proxy>
  ownPort: () => Promise<number>
}

type Seat = Pick<Member, 'name' | 'role' | 'group'> & { entry: string; own: NodeJS.ProcessEnv }

/** Every service of the line as processes that are started again when they end, each behind proxies of its own. */
export async function startMembers(needs: Needs): Promise<Member[]> {
  await mkdir(join(needs.folder, 'logs'))
  const members: Member[] = []
  for (const seat of seats(needs)) members.push(await seatMember(seat, needs))
  return members
}

function seats({ gateways = 2, orchestrators = 2, workers = 2, earlier = ROOT }: RigOptions): Seat[] {
  const rootOf = (i: number) => (i === 2 ? earlier : ROOT)
  const service = (role: 'gateway' | 'orchestrator') => (i: number) => ({
    name: `${role}-${i}`,
    role,
    group: role,
    entry: join(rootOf(i), 'services', role, 'src/main.ts'),
    own: {},
  })
  const worker = (stage: string) => (i: number) => ({
    name: `${stage}-${i}`,
    role: 'stage' as const,
    group: stage,
    entry: join(rootOf(i), SCRIPTED),
    own: { SCRIPTED_STAGE: stage, SCRIPTED_SETTINGS: JSON.stringify(settingsOf(stage)) },
  })
  return [
    ...numbered(orchestrators).map(service('orchestrator')),
    ...STAGES.flatMap((stage) => numbered(workers).map(worker(stage))),
    ...numbered(gateways).map(service('gateway')),
  ]
}

const numbered = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

const settingsOf = (stage: string) =>
  stage === CALLING ? { callsOut: true, bundle: 10, timeoutMs: 20_000 } : { bundle: 20, timeoutMs: 20_000 }

async function seatMember({ name, role, group, entry, own }: Seat, needs: Needs): Promise<Member> {
  const { stores, passwords, prefix, folder, proxy, ownPort, seed, report = () => undefined } = needs
  const account = role === 'gateway' ? 'gateway' : 'worker'
  const [port, postgres, redis] = [
    await ownPort(),
    await proxy(`${name}-postgres`, stores.runningPostgres),
    await proxy(`${name}-redis`, stores.runningRedis),
  ]
  const env = {
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(ROOT, '.cache/compiled'),
    DATABASE_URL: through(stores.databaseUrl(), postgres.port, { user: account, password: passwords[account] }),
    REDIS_URL: through(stores.redisUrl(), redis.port),
    STAGELINE_BLOB_DIR: join(folder, 'blobs'),
    STAGELINE_QUEUE_PREFIX: prefix,
    STAGELINE_PARENT: '1',
    STAGELINE_DRAIN_MS: '4000',
    LOG_LEVEL: 'warn',
    PORT: String(port),
    FAULT_SEED: String(seed),
    ...needs.env,
    ...own,
  }
  const execArgv = PRELOADS.flatMap((file) => ['--import', pathToFileURL(file).href])
  const logFile = join(folder, 'logs', `${name}.log`)
  return startMember({ name, role, group, port, postgres, redis, entry, env, execArgv, logFile, report })
}

function through(url: string, port: number, account?: { user: string; password: string }): string {
  const way = new URL(url)
  way.hostname = '127.0.0.1'
  way.port = String(port)
  if (account) [way.username, way.password] = [account.user, account.password]
  return way.href
}
