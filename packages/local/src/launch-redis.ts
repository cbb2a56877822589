import { spawn, type ChildProcess } from 'node:child_process'
import { open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { askRedis } from './ask-redis.ts'
import { freePort } from './free-port.ts'
import type { RedisProgram } from './redis-program.ts'

export type LaunchOptions = {
  folder: string
  password: string
  /** Where to begin looking for a free port. */
  preferred: number
}

const READY_WITHIN_MS = 60_000

/**
 * Starts the program on a free port and waits until it answers.
 *
 * @returns the port.
 * @throws Error with the end of the server's log when it does not come up.
 */
export async function launchRedis(
  program: RedisProgram,
  { folder, password, preferred }: LaunchOptions,
): Promise<number> {
  for (let tries = 1, from = preferred; ; tries += 1) {
    const port = await freePort(from)
    await writeFile(join(folder, 'redis.conf'), settings(folder, port, password), { mode: 0o600 })
    const child = await run(program, folder, port)
    if (await answers(child, { port, password })) return port
    const said = await readFile(logFile(folder), 'utf8').catch(() => '')
    // Between finding a free port and using it somebody may take it.
    if (!/Address already in use/.test(said) || tries === 3) throw startFailure(program, folder, said)
    from = port + 1
  }
}

const logFile = (folder: string): string => join(folder, 'redis.log')

function settings(folder: string, port: number, password: string): string {
  return [
    `port ${port}`,
    'bind 127.0.0.1',
    `requirepass ${password}`,
    `dir ${JSON.stringify(folder)}`,
    'appendonly yes',
    'appendfsync everysec',
    'save 60 1',
    'maxmemory-policy noeviction',
    'daemonize no',
    '',
  ].join('\n')
}

/** In a session of its own, so that the terminal's Ctrl-C does not reach it before those who use it have stopped. */
async function run(program: RedisProgram, folder: string, port: number): Promise<ChildProcess> {
  await rm(logFile(folder), { force: true })
  const log = await open(logFile(folder), 'a', 0o600)
  const child = spawn(program.command, program.args({ folder, port }), {
    env: program.env,
    cwd: folder,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  child.once('error', () => {})
  child.unref()
  await log.close()
  return child
}

async function answers(child: ChildProcess, address: { port: number; password: string }): Promise<boolean> {
  const deadline = performance.now() + READY_WITHIN_MS
  while (performance.now() < deadline) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return false
    if (/^\+PONG/m.test(await askRedis(address, 'PING'))) return true
    await delay(20)
  }
  child.kill('SIGKILL')
  return false
}

function startFailure(program: RedisProgram, folder: string, said: string): Error {
  const end = said.trim().split('\n').slice(-10).join('\n')
  return new Error(`${program.name} does not start (its log: ${logFile(folder)}):\n${end}`)
}
