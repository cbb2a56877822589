import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { lockFile } from './lock-file.ts'

test('an exclusive lock keeps everybody else out until it is released', async () => {
  using folder = setup()
  const first = await lockFile(folder.file, { mode: 'exclusive' })

  assert.ok(first)
  assert.equal(await lockFile(folder.file, { mode: 'exclusive' }), undefined)
  assert.equal(await lockFile(folder.file, { mode: 'shared' }), undefined)
  first.release()
  using _second = await lockFile(folder.file, { mode: 'exclusive' })
  assert.ok(_second)
})

test('shared locks go together and keep an exclusive one out', async () => {
  using folder = setup()
  const one = await lockFile(folder.file, { mode: 'shared' })
  const two = await lockFile(folder.file, { mode: 'shared' })

  assert.ok(one && two)
  one.release()
  assert.equal(await lockFile(folder.file, { mode: 'exclusive' }), undefined)
  two.release()
  using _alone = await lockFile(folder.file, { mode: 'exclusive' })
  assert.ok(_alone)
})

test('a lock ends with its process, however that dies', async () => {
  using folder = setup()
  const script = `import { lockFile } from ${JSON.stringify(import.meta.resolve('./lock-file.ts'))}
    globalThis.lock = await lockFile(${JSON.stringify(folder.file)}, { mode: 'exclusive' })
    console.log('held')
    setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  assert.equal(await lockFile(folder.file, { mode: 'exclusive' }), undefined)

  holder.kill('SIGKILL')
  await once(holder, 'exit')

  using _lock = await lockFile(folder.file, { mode: 'exclusive' })
  assert.ok(_lock)
})

test('waiting for a lock ends when it is released', async () => {
  using folder = setup()
  const first = await lockFile(folder.file, { mode: 'exclusive' })

  const second = lockFile(folder.file, { mode: 'exclusive', waitMs: 60_000 })
  first?.release()

  using _lock = await second
  assert.ok(_lock)
})

test('waiting for a lock ends when its signal aborts', async () => {
  using folder = setup()
  using _first = await lockFile(folder.file, { mode: 'exclusive' })
  const stop = new AbortController()

  const second = lockFile(folder.file, { mode: 'exclusive', waitMs: 60_000, signal: stop.signal })
  stop.abort()

  await assert.rejects(second, { name: 'AbortError' })
})

function setup() {
  const path = mkdtempSync(join(tmpdir(), 'stageline-lock-'))
  return {
    file: join(path, 'a.lock'),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}
