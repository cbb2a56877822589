import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'

const ENV = {
  DATABASE_URL: 'postgres://worker:secret@127.0.0.1:1/none',
  REDIS_URL: 'redis://127.0.0.1:1',
  STAGELINE_BLOB_DIR: '/nowhere',
  STAGELINE_DRAIN_MS: '500',
}

/** A service whose parts say when they are closed, as a process of its own. */
async function setup(body: string, env: NodeJS.ProcessEnv = ENV) {
  const dir = await mkdtemp(join(import.meta.dirname, '.service-'))
  const file = join(dir, 'main.ts')
  await writeFile(
    file,
    `import { loadSettings, CommonConfig, runService } from '../index.ts'\nawait runService('probe', () => loadSettings(CommonConfig, process.env), async (config, life) => {\n${body}\nprocess.stderr.write('ready\\n')\n})\n`,
  )
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ended = once(child, 'exit')
  const ready = new Promise<void>((resolve) => child.stderr.on('data', () => said.includes('ready') && resolve()))
  return {
    child,
    ready,
    ended: async () => {
      const [code] = (await ended) as [number | null]
      await rm(dir, { recursive: true })
      return { code, said }
    },
  }
}

describe('a service', () => {
  it('closes in reverse what it opened when it is asked to stop, and exits 0', async () => {
    const { child, ready, ended } = await setup(
      `life.onStop.defer(() => void process.stderr.write('store closed\\n'))
       life.onStop.defer(() => void process.stderr.write('queue closed\\n'))
       setInterval(() => undefined, 1000)`,
    )
    await ready

    child.kill('SIGTERM')

    const { code, said } = await ended()
    assert.equal(code, 0)
    assert.match(said, /queue closed\nstore closed/)
  })

  it('that cannot close in time ends all the same, loudly', async () => {
    const { child, ready, ended } = await setup(
      `life.onStop.defer(() => new Promise(() => undefined)); setInterval(() => undefined, 1000)`,
    )
    await ready

    child.kill('SIGTERM')

    assert.equal((await ended()).code, 1)
  })

  it('that still starts ends when it is asked to', async () => {
    const { child, ready, ended } = await setup(
      `life.onStop.defer(() => void process.stderr.write('store closed\\n'))
       process.stderr.write('ready\\n')
       await new Promise((resolve) => setTimeout(resolve, 60_000))`,
    )
    await ready

    child.kill('SIGTERM')

    const { code, said } = await ended()
    assert.equal(code, 0)
    assert.match(said, /store closed/)
  })

  it('ends at once at the second signal', async () => {
    const { child, ready, ended } = await setup(
      `life.onStop.defer(() => { process.stderr.write('closing\\n'); return new Promise(() => undefined) })
       setInterval(() => undefined, 1000)`,
      { ...ENV, STAGELINE_DRAIN_MS: '60000' },
    )
    await ready
    const closing = once(child.stderr, 'data')
    child.kill('SIGTERM')
    await closing

    child.kill('SIGTERM')

    assert.equal((await ended()).code, 1)
  })

  it('that finds itself at fault closes in order and exits 1', async () => {
    const { ended } = await setup(
      `life.onStop.defer(() => void process.stderr.write('store closed\\n'))
       setTimeout(() => life.fail(new Error('no progress')), 10)`,
    )

    const { code, said } = await ended()

    assert.equal(code, 1)
    assert.match(said, /store closed/)
  })

  it('whose event loop stands still is ended from outside of it', async () => {
    const { child, ended } = await setup(`setTimeout(() => { for (;;); }, 10)`, {
      ...ENV,
      STAGELINE_STUCK_LIMIT_MS: '500',
    })

    const { said } = await ended()

    assert.equal(child.signalCode, 'SIGKILL')
    assert.match(said, /"msg":"event loop stuck"/)
  })

  it('ends loudly on an error that nobody expected', async () => {
    const { ended } = await setup(`setTimeout(() => { throw new Error('surprise') }, 10)`)

    assert.equal((await ended()).code, 1)
  })

  it('with settings that are not usable says all of them and exits 2 before it connects', async () => {
    const { ended } = await setup('', { PORT: 'x' })

    const { code, said } = await ended()

    assert.equal(code, 2)
    assert.match(said, /DATABASE_URL[^]*REDIS_URL[^]*PORT/)
  })
})
