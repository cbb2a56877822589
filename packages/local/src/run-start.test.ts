import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { freePort } from './free-port.ts'
import { fakeCheckout } from './testing/fake-checkout.ts'

/** Looked for before anything is started. */
const redis = createServer((socket) => socket.once('data', () => socket.end('+PONG\r\n'))).listen(0, '127.0.0.1')
await once(redis, 'listening')
redis.unref()

test('once: the samples go through, the table says what came of them, nothing is left running', async () => {
  using checkout = fakeCheckout()

  const { code, said } = await run(checkout.root, '--once').end

  assert.equal(code, 0, said)
  assert.match(
    said,
    /✔ A good one +completed · invoice · score 0\.97 · no check failed\n +invoice_number N-1 \(page 1 at 10,20\)/,
  )
  assert.match(said, /✔ No bytes +rejected\n +HTTP 422 document\.empty: The file is empty\./)
  assert.match(said, /3 of 3 samples ended as expected/)
  assert.match(said, /Board +http:\/\/127\.0\.0\.1:\d+\/queues/)
  assert.deepEqual(leftRunning(checkout.root), [])
})

test('once: a sample that ends otherwise makes the exit code 1 and is named', async () => {
  using checkout = fakeCheckout()
  checkout.write(
    'examples/samples/samples.json',
    JSON.stringify([
      { name: 'a', title: 'A', workflow: 'document', file: 'good.pdf', expect: { outcome: 'suspended' } },
    ]),
  )

  const { code, said } = await run(checkout.root, '--once').end

  assert.equal(code, 1)
  assert.match(said, /not as expected: expected suspended, is completed/)
})

test('a second start shows the earlier results and submits nothing again', async () => {
  using checkout = fakeCheckout()
  await run(checkout.root, '--once').end

  const { code, said } = await run(checkout.root, '--once').end

  assert.equal(code, 0, said)
  assert.match(said, /A good one +completed \(earlier\)/)
  assert.equal(calls(checkout.root, 'create-api-key'), 1)
})

test('documents of which nothing is expected are not said to have ended as expected', async () => {
  using checkout = fakeCheckout()
  checkout.write('mine/good.pdf', 'good')

  const { code, said } = await run(checkout.root, '--once', '--samples', 'mine').end

  assert.equal(code, 0, said)
  assert.match(said, /• good\.pdf +completed/)
  assert.match(said, /1 document is through/)
})

test('a folder of samples that is not there ends the start before anything runs', async () => {
  using checkout = fakeCheckout()

  const { code, said } = await run(checkout.root, '--samples', 'nowhere').end

  assert.equal(code, 1)
  assert.match(said, /^There is no folder .*nowhere to take samples from\n$/)
  assert.deepEqual(noted(checkout.root), [])
})

test('the catalogue is offered to each database once', async () => {
  using checkout = fakeCheckout()
  await run(checkout.root, '--once').end
  await run(checkout.root, '--once').end
  assert.equal(calls(checkout.root, 'load-catalog'), 1)

  await runOn('another', checkout.root, '--once').end

  assert.equal(calls(checkout.root, 'load-catalog'), 2)
})

test('a fresh start refuses to empty servers of the caller', async () => {
  using checkout = fakeCheckout()

  const refused = await run(checkout.root, '--once', '--fresh').end
  assert.equal(refused.code, 2)
  assert.match(refused.said, /empty the servers of DATABASE_URL and REDIS_URL yourself/)
})

test('the API key is readable by its owner only and stands in the curl line by its file', async () => {
  using checkout = fakeCheckout()

  const { said } = await run(checkout.root, '--once', '--no-samples').end

  assert.equal(statSync(join(checkout.root, '.stageline/api-key')).mode & 0o077, 0)
  assert.equal(readFileSync(join(checkout.root, '.stageline/api-key'), 'utf8'), 'sl_made_key\n')
  assert.match(said, /curl -H "Authorization: Bearer \$\(cat \.stageline\/api-key\)" -F file=@/)
  assert.doesNotMatch(said, /sl_made_key/)
})

test('a second copy says where the first one runs and leaves it alone', async () => {
  using checkout = fakeCheckout()
  const first = run(checkout.root, '--no-samples')
  await first.untilSaid('Submit')

  const second = await run(checkout.root, '--no-samples').end

  assert.equal(second.code, 1)
  assert.match(second.said, new RegExp(`runs already: http://127\\.0\\.0\\.1:\\d+ \\(process ${first.child.pid}\\)`))
  first.child.kill('SIGINT')
  assert.equal((await first.end).code, 0)
})

test('a port that was asked for and is taken is one clear error', async () => {
  using checkout = fakeCheckout()
  const port = await freePort(0)
  const taken = createServer().listen(port, '127.0.0.1')
  await once(taken, 'listening')

  const { code, said } = await run(checkout.root, '--no-samples', '--port', String(port)).end

  taken.close()
  assert.equal(code, 1)
  assert.equal(said, `Port ${port} is in use: choose another --port\n`)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} stops everything that runs`, async () => {
    using checkout = fakeCheckout()
    const started = run(checkout.root, '--no-samples')
    await started.untilSaid('Submit')

    started.child.kill(signal)

    assert.equal((await started.end).code, 0)
    assert.deepEqual(leftRunning(checkout.root), [])
  })
}

test('a signal while the database is migrated stops that, too', async () => {
  using checkout = fakeCheckout({ migrate: 'setInterval(() => {}, 1000)' })
  const started = run(checkout.root, '--no-samples')
  await untilCalled(checkout.root, 'migrate', started)

  started.child.kill('SIGINT')

  assert.equal((await started.end).code, 130)
  assert.deepEqual(leftRunning(checkout.root), [])
})

test('a signal while services are not ready yet stops them', async () => {
  using checkout = fakeCheckout({
    gateway: `process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000)`,
  })
  const started = run(checkout.root, '--no-samples')
  await untilCalled(checkout.root, 'gateway', started)

  started.child.kill('SIGINT')

  assert.equal((await started.end).code, 130)
  assert.deepEqual(leftRunning(checkout.root), [])
})

test('a failed migration ends the start with what it said', async () => {
  using checkout = fakeCheckout({ migrate: `console.error('Migration 0007 failed'); process.exit(1)` })

  const { code, said } = await run(checkout.root, '--no-samples').end

  assert.equal(code, 1)
  assert.match(said, /Migration 0007 failed/)
})

test('services end when the start is killed outright', async () => {
  using checkout = fakeCheckout()
  const started = run(checkout.root, '--no-samples')
  await started.untilSaid('Submit')

  started.child.kill('SIGKILL')
  await started.end

  while (leftRunning(checkout.root).length > 0) await new Promise(setImmediate)
})

const run = (root: string, ...args: string[]) => runOn('line', root, ...args)

function runOn(database: string, root: string, ...args: string[]) {
  const script = `import { runStart } from ${JSON.stringify(import.meta.resolve('./run-start.ts'))}
    process.exitCode = await runStart(${JSON.stringify(root)}, ${JSON.stringify(args)})`
  const { INIT_CWD: _where, ...env } = process.env
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
    env: { ...env, DATABASE_URL: `postgres://owner:secret@127.0.0.1/${database}`, REDIS_URL: redisUrl() },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = new AbortController()
  child.once('close', () => closed.abort(new Error(`It ended and said: ${said}`)))
  let said = ''
  child.stdout.on('data', (text) => (said += text))
  child.stderr.on('data', (text) => (said += text))
  return {
    child,
    end: once(child, 'close').then(([code]: (number | null)[]) => ({ code, said })),
    untilSaid: async (text: string) => {
      while (!said.includes(text)) await once(child.stdout, 'data', { signal: closed.signal })
    },
  }
}

function redisUrl(): string {
  const address = redis.address()
  assert.ok(typeof address === 'object' && address)
  return `redis://127.0.0.1:${address.port}`
}

function noted(root: string): { name: string; pid: number }[] {
  const file = join(root, 'pids')
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  return lines.map((line) => ({ name: line.split(' ')[0] ?? '', pid: Number(line.split(' ')[1]) }))
}

const calls = (root: string, name: string): number => noted(root).filter((one) => one.name === name).length

async function untilCalled(root: string, name: string, { child }: ReturnType<typeof run>): Promise<void> {
  while (calls(root, name) === 0) {
    assert.equal(child.exitCode, null, `it ended before it called ${name}`)
    await new Promise(setImmediate)
  }
}

function leftRunning(root: string): string[] {
  return noted(root)
    .filter(({ pid }) => isRunning(pid))
    .map(({ name }) => name)
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
