import { startLine, startRedisNode, waitFor, type RedisNode } from '@stageline/testkit'
import { Redis } from 'ioredis'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { jobOf, post, saveChain, submit, submitMany, untilBatchEnds, type Line } from '../line.ts'

const SHIPPED = join(import.meta.dirname, '../../../deploy/redis/users.acl')
const PREFIX = 'stageline'
const PASSWORDS = { gateway: 'of-the-gateway', worker: 'of-the-workers' } as const
/** Also as a script hears it, and as Redis 7 says of DEBUG to everybody. */
const REFUSED = /NOPERM|user executing the script can't run this command|DEBUG command not allowed/
type User = keyof typeof PASSWORDS

describe('with the users of deploy/redis/users.acl', () => {
  const stack = new AsyncDisposableStack()
  let redis: RedisNode
  before(async () => void (redis = stack.use(await startWithUsers(stack))))
  after(() => stack.disposeAsync())

  const urlOf = (user: User) => `redis://${user}:${PASSWORDS[user]}@127.0.0.1:${redis.port}`

  it('the whole line works, and nothing that it asks for is refused', async () => {
    await using line = await startLine({
      stages: [],
      scripted: { first: {}, second: { callsOut: true, concurrency: 1 } },
      redisUrl: urlOf('worker'),
      gatewayRedisUrl: urlOf('gateway'),
      prefix: PREFIX,
    })
    await saveChain(line, 'both', ['first', 'second'])
    const batch = await submitMany(
      line,
      Array.from({ length: 50 }, () => ({ workflow: 'both', input: {} })),
    )
    await untilBatchEnds(line, batch, 60_000)
    await submit(line, { workflow: 'both', input: { script: { first: { fail: 'data' } } } })
    const slow = await submit(line, { workflow: 'both', input: { script: { second: { hang: true } } } })
    await waitFor(async () => (await stepOf(line, slow, 'second')) === 'processing', { message: 'the second step' })

    const cancelled = await line.call(`/v1/jobs/${slow}:cancel`, post({}))
    const board = await line.json<{ queues: unknown[] }>('/queues/api/queues?activeQueue=first&status=latest')
    await waitFor(async () => /task-/.test(await redis.ask(`KEYS {${PREFIX}:manual-review}:*task-*`)), {
      message: 'the review to be announced',
    })

    assert.equal(cancelled.status, 200, await cancelled.text())
    assert.ok(board.queues.length >= 3, `${board.queues.length} queues on the board`)
    assert.equal(await redis.ask('ACL LOG'), '+OK\r\n*0\r\n')
  })

  const foreign = 'another:key'
  const FORBIDDEN: readonly (readonly [string, ...string[]])[] = [
    ['FLUSHALL'],
    ['FLUSHDB'],
    ['CONFIG', 'GET', '*'],
    ['CONFIG', 'SET', 'maxmemory', '1'],
    ['KEYS', '*'],
    ['SCAN', '0'],
    ['EVAL', 'return redis.call("get", KEYS[1])', '1', foreign],
    ['EVAL', 'return redis.call("flushall")', '0'],
    ['GET', foreign],
    ['HSET', `{${PREFIX}-two:extraction}:x`, 'a', '1'],
    ['PUBLISH', 'another', 'x'],
    ['REPLICAOF', 'NO', 'ONE'],
    ['MODULE', 'LIST'],
    ['DEBUG', 'SLEEP', '0'],
    ['ACL', 'LIST'],
    ['MONITOR'],
    ['SHUTDOWN'],
    ['SCRIPT', 'FLUSH'],
    ['CLIENT', 'KILL', 'TYPE', 'normal'],
    ['SWAPDB', '0', '1'],
  ]

  for (const user of ['gateway', 'worker'] as const)
    for (const [command, ...args] of FORBIDDEN)
      it(`the ${user} may not ${[command, ...args].join(' ')}`, async () => {
        await assert.rejects(ask(urlOf(user), command, args), REFUSED)
      })

  it('the gateway may not block, a worker may; a worker may not list who is connected, which Bull Board does', async () => {
    const blocking = [`{${PREFIX}:extraction}:extraction:marker`, '0.01']

    await assert.rejects(ask(urlOf('gateway'), 'BZPOPMIN', blocking), /NOPERM/)
    assert.equal(await ask(urlOf('worker'), 'BZPOPMIN', blocking), null)
    await assert.rejects(ask(urlOf('worker'), 'CLIENT', ['LIST']), /NOPERM/)
  })

  it('nobody gets in without a name', async () => {
    await assert.rejects(ask(`redis://127.0.0.1:${redis.port}`, 'PING', []), /NOAUTH/)
  })
})

/** The file as it is shipped, with passwords put in; the default user stays on, for the test to look from outside. */
async function startWithUsers(stack: AsyncDisposableStack): Promise<RedisNode> {
  const shipped = await readFile(SHIPPED, 'utf8')
  const hash = (text: string) => `#${createHash('sha256').update(text).digest('hex')}`
  const users = shipped
    .replace('user default off', 'user default on >of-the-test ~* &* +@all')
    .replace('#SHA256-OF-THE-GATEWAYS-PASSWORD', hash(PASSWORDS.gateway))
    .replace('#SHA256-OF-THE-WORKERS-PASSWORD', hash(PASSWORDS.worker))
  const folder = await mkdtemp(join(tmpdir(), 'stageline-acl-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'users.acl')
  await writeFile(file, users)
  return startRedisNode({ password: 'of-the-test', settings: [`aclfile ${file}`] })
}

const stepOf = async (line: Line, id: string, step: string): Promise<string | undefined> =>
  (await jobOf(line, id)).steps.find(({ key }) => key === step)?.state

async function ask(url: string, command: string, args: readonly string[]): Promise<unknown> {
  const redis = new Redis(url, { lazyConnect: true, enableReadyCheck: false, retryStrategy: null })
  redis.on('error', () => undefined)
  try {
    return await redis.call(command, ...args)
  } finally {
    redis.disconnect()
  }
}
