import { join } from 'node:path'
import { runCommand } from './run-command.ts'
import { sharedLibraryFolders, unpackDebianPackages } from './unpack-debian-packages.ts'

/** A way to start a Redis: a command whose last argument will be the configuration file. */
export type RedisProgram = {
  /** The program and its version, for people. */
  name: string
  command: string
  args: (server: { folder: string; port: number }) => string[]
  env: NodeJS.ProcessEnv
}

export type FindRedisOptions = {
  /** Where an unpacked package is kept between starts. */
  cache: string
  signal?: AbortSignal | undefined
  report?: ((line: string) => void) | undefined
}

/** BullMQ recommends it; older ones lack commands that it is faster with. */
const OLDEST = [6, 2] as const
const DOCKER_IMAGE = 'redis:7.4-alpine'

/**
 * The first Redis that this machine can offer: installed, Debian's package unpacked into the cache, a container.
 *
 * @throws Error that names what to install when there is none.
 */
export async function findRedis(options: FindRedisOptions): Promise<RedisProgram> {
  const found = (await installed()) ?? (await unpacked(options)) ?? (await container())
  if (found) return found
  throw new Error(
    'No Redis: install redis-server or valkey-server 6.2 or newer (macOS: brew install redis), or set REDIS_URL',
  )
}

async function installed(): Promise<RedisProgram | undefined> {
  return (await program('redis-server', process.env)) ?? (await program('valkey-server', process.env))
}

async function unpacked({ cache, signal, report }: FindRedisOptions): Promise<RedisProgram | undefined> {
  const root = join(cache, 'redis')
  const kept = await unpackedProgram(root)
  if (kept) return kept
  const got = await unpackDebianPackages(['redis-server'], { root, signal, report })
  return got ? unpackedProgram(root) : undefined
}

async function unpackedProgram(root: string): Promise<RedisProgram | undefined> {
  const libraries = await sharedLibraryFolders(root)
  const env = { ...process.env, LD_LIBRARY_PATH: [...libraries, process.env.LD_LIBRARY_PATH ?? []].flat().join(':') }
  return program(join(root, 'usr/bin/redis-server'), env)
}

async function program(command: string, env: NodeJS.ProcessEnv): Promise<RedisProgram | undefined> {
  const said = await runCommand(command, ['--version'], { env }).catch(() => '')
  const [, version, major, minor] = /v=((\d+)\.(\d+)\.\S+)/.exec(said) ?? []
  if (!version || Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1])) return
  const name = `${/^\w+/.exec(said)?.[0] ?? 'Redis'} ${version}`
  return { name, command, env, args: ({ folder }) => [join(folder, 'redis.conf')] }
}

async function container(): Promise<RedisProgram | undefined> {
  const engine = await runCommand('docker', ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: 10_000 }).catch(
    () => undefined,
  )
  if (engine === undefined) return undefined
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`
  // Inside the container the address is its own; what the machine sees is published on the loopback only.
  const args: RedisProgram['args'] = ({ folder, port }) =>
    `run --rm --user ${user} --publish 127.0.0.1:${port}:${port}`
      .split(' ')
      .concat('--volume', `${folder}:${folder}`, DOCKER_IMAGE)
      .concat('redis-server', join(folder, 'redis.conf'), '--bind', '0.0.0.0')
  return { name: `Redis in Docker (${DOCKER_IMAGE})`, command: 'docker', env: process.env, args }
}
