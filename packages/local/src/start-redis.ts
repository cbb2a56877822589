import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { askRedis, type RedisAddress } from './ask-redis.ts'
import { keptSecret } from './kept-secret.ts'
import { launchRedis } from './launch-redis.ts'
import { findRedis } from './redis-program.ts'
import type { LocalServer } from './start-postgres.ts'

export type RedisOptions = {
  /** Holds the password file and the data. */
  dir: string
  /** Keeps an unpacked Debian package between starts. */
  cache: string
  /** Where to begin looking for a free port. */
  port?: number
  signal?: AbortSignal | undefined
  report?: ((line: string) => void) | undefined
}

/**
 * Starts a Redis (or Valkey) on the loopback address with a password, an append-only file and `noeviction`, or finds the
 * one that a crashed run left on this folder.
 *
 * Callers see to it that only one of them starts at a time (`startStores` does).
 *
 * @throws Error when no Redis can be had, or with the end of its log when it does not start.
 */
export async function startRedis({ dir, cache, port, signal, report }: RedisOptions): Promise<LocalServer> {
  const folder = join(dir, 'redis')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const password = await keptSecret(join(dir, 'redis-password'))
  const listening =
    (await runningPort(folder, password)) ??
    (await launchRedis(await findRedis({ cache, signal, report }), { folder, password, preferred: port ?? 63_790 }))
  const address = { port: listening, password }
  return {
    url: `redis://:${password}@127.0.0.1:${listening}`,
    port: listening,
    name: await nameOf(address),
    folder,
    stop: () => stop(address),
  }
}

/** Stops the server that an earlier run left on a folder, if there is one. */
export async function stopRedisOf(dir: string): Promise<void> {
  const password = await readFile(join(dir, 'redis-password'), 'utf8').catch(() => '')
  const port = password && (await runningPort(join(dir, 'redis'), password.trim()))
  if (port) await stop({ port, password: password.trim() })
}

/** Only a server of this folder knows its password, so an answer proves that it is the one. */
async function runningPort(folder: string, password: string): Promise<number | undefined> {
  const settings = await readFile(join(folder, 'redis.conf'), 'utf8').catch(() => '')
  const port = Number(/^port (\d+)$/m.exec(settings)?.[1])
  if (!port) return undefined
  return /^\+PONG|^-LOADING/m.test(await askRedis({ port, password }, 'PING')) ? port : undefined
}

/** Nobody answers, or somebody who does not take our password: the port of a server that has ended may be taken at once. */
const isGone = (answer: string): boolean => !answer.startsWith('+OK')

async function nameOf(address: RedisAddress): Promise<string> {
  const said = await askRedis(address, 'INFO server')
  const valkey = /^valkey_version:(\S+)/m.exec(said)?.[1]
  return valkey ? `Valkey ${valkey}` : `Redis ${/^redis_version:(\S+)/m.exec(said)?.[1] ?? ''}`
}

async function stop(address: RedisAddress): Promise<void> {
  await askRedis(address, 'SHUTDOWN')
  for (let tries = 0; tries < 500; tries += 1) {
    if (isGone(await askRedis(address, 'PING'))) return
    // It may still write its file; refusing to stop (a full disk) ends without one: the append-only file is there.
    if (tries === 100) await askRedis(address, 'SHUTDOWN NOSAVE FORCE')
    await delay(20)
  }
  throw new Error(`Redis on port ${address.port} does not stop`)
}
