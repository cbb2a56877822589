import { askRedis, findRedis } from '@stageline/local'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { waitFor } from './wait-for.ts'

const CACHE = resolve(import.meta.dirname, '../../../.cache')

export type RedisNode = Awaited<ReturnType<typeof startRedisNode>>

/**
 * One Redis process of a test's own, with the settings given (lines of its configuration) beside an append-only file:
 * may be killed, frozen, wiped and started again on its port and folder.
 *
 * @throws Error where Redis comes in a container only: several could not reach each other as a test wants it.
 */
export async function startRedisNode({
  password,
  settings,
  args = [],
}: {
  password: string
  settings: readonly string[]
  args?: readonly string[]
}) {
  const program = await findRedis({ cache: CACHE })
  if (program.command === 'docker') throw new Error('This test wants redis-server or valkey-server on this machine')
  const folder = await mkdtemp(join(tmpdir(), 'stageline-redis-'))
  const port = await freePortPair()
  const lines = [`port ${port}`, 'bind 127.0.0.1', `dir ${JSON.stringify(folder)}`, 'save ""', ...settings]
  await writeFile(join(folder, 'redis.conf'), `${lines.join('\n')}\n`)
  let child: ChildProcess | undefined

  const ask = (command: string) => askRedis({ port, password }, command)
  const start = async () => {
    child = spawn(program.command, [...program.args({ folder, port }), ...args], { env: program.env, stdio: 'ignore' })
    await waitFor(async () => /^\+PONG/m.test(await ask('PING')), { message: `Redis on port ${port} to answer` })
  }
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  await start()
  return {
    port,
    url: `redis://:${password}@127.0.0.1:${port}`,
    /** What it answers to a command, as it came over the wire; empty when it does not. */
    ask,
    start,
    kill,
    /** Its connections stay open and nothing is answered, until it is thawed. */
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    /** Takes its data away while it is down. */
    wipe: () => rm(join(folder, 'appendonlydir'), { recursive: true, force: true }),
    [Symbol.asyncDispose]: async () => {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Free together with the port of the cluster bus, which is always 10,000 higher. */
async function freePortPair(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 10_000)
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const listening = once(server.listen(port, '127.0.0.1'), 'listening')
  const free = await listening.then(
    () => true,
    () => false,
  )
  server.close()
  return free
}

/** Waits until each of these nodes answers so. */
export const untilNodesSay = (nodes: readonly RedisNode[], command: string, answer: RegExp): Promise<boolean> =>
  waitFor(async () => (await Promise.all(nodes.map(({ ask }) => ask(command)))).every((said) => answer.test(said)), {
    timeoutMs: 20_000,
    message: `all nodes to answer ${command} with ${answer}`,
  })
