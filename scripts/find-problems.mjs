import { execFile } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { registryProblem } from './registry-problem.mjs'
import { CACHE, ROOT, canRun, isOnPath } from './paths.mjs'

const OLDEST_NODE = 20
const OLDEST_GLIBC = [2, 28]
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']
const INSTALL_BYTES = 1_500_000_000
const RUN_BYTES = 300_000_000

/** What this machine lacks, each with the one thing that mends it; found within 3 s. */
export async function findProblems({ installed, needs }) {
  const slow = Promise.all([
    needs.has('--stores') ? redisProblem() : Promise.resolve(),
    installed || npmProblem() ? Promise.resolve() : registryProblem(),
  ])
  const quick = [nodeProblem(), platformProblem(), writeProblem() ?? spaceProblem(installed)]
  if (!installed) quick.push(npmProblem())
  return [...quick, ...(await slow)].filter((problem) => problem !== undefined)
}

function nodeProblem() {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) return undefined
  return {
    what: `Node ${OLDEST_NODE} or newer: this is ${process.versions.node}`,
    mend: 'npx --yes node@22 scripts/bootstrap.mjs … or install it from https://nodejs.org',
  }
}

function platformProblem() {
  const platform = `${process.platform}-${process.arch}`
  if (!PLATFORMS.includes(platform)) {
    return { what: `A supported platform: this is ${platform}`, mend: `Supported: ${PLATFORMS.join(', ')} (or WSL 2)` }
  }
  return process.platform === 'linux' ? glibcProblem() : undefined
}

function glibcProblem() {
  process.report.excludeNetwork = true
  const version = process.report.getReport().header.glibcVersionRuntime
  if (!version) return { what: 'glibc: this system is built on musl', mend: 'docker compose up' }
  const [major, minor] = version.split('.').map(Number)
  if (major > OLDEST_GLIBC[0] || minor >= OLDEST_GLIBC[1]) return undefined
  return { what: `glibc ${OLDEST_GLIBC.join('.')} or newer: this is ${version}`, mend: 'docker compose up' }
}

function npmProblem() {
  if (isOnPath('npm') && isOnPath('npx')) return undefined
  return {
    what: 'npm',
    mend: isOnPath('apt-get') ? 'sudo apt-get install npm' : 'Install it with Node from https://nodejs.org',
  }
}

/** Only writing shows whether one can: a mount may be read-only, a quota used up. */
function writeProblem() {
  const probe = join(CACHE, `probe-${process.pid}`)
  try {
    fs.mkdirSync(CACHE, { recursive: true })
    fs.writeFileSync(probe, 'x')
    fs.rmSync(probe)
    return undefined
  } catch (error) {
    return explainWriteFailure(error)
  }
}

function explainWriteFailure(error) {
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return { what: `Space on the disk of ${ROOT} (${error.code})`, mend: 'Free some, or clone onto another disk' }
  }
  if (error.code === 'EROFS') return { what: `A writable disk: ${ROOT} is read-only`, mend: 'Clone onto another disk' }
  const user = process.env.USER ? `"${process.env.USER}"` : '"$(id -un)"'
  return { what: `Permission to write ${ROOT} (${error.code})`, mend: `sudo chown -R ${user} ${JSON.stringify(ROOT)}` }
}

function spaceProblem(installed) {
  const needed = installed ? RUN_BYTES : INSTALL_BYTES
  const { bavail, bsize } = fs.statfsSync(ROOT)
  if (bavail * bsize >= needed) return undefined
  const megabytes = (bytes) => Math.round(bytes / 1_000_000)
  return {
    what: `${megabytes(needed)} MB of free disk space at ${ROOT}: ${megabytes(bavail * bsize)} MB are left`,
    mend: 'Free some, or clone onto another disk',
  }
}

async function redisProblem() {
  if (process.env.REDIS_URL || hasRedis() || canUnpack() || (await hasDocker())) return undefined
  return {
    what: 'Redis or Valkey 6.2 or newer (no redis-server, no apt to get one, no running Docker)',
    mend: isOnPath('brew') ? 'brew install redis' : 'Install redis-server with your package manager, or set REDIS_URL',
  }
}

/** On PATH, or unpacked by an earlier start. */
export const hasRedis = () =>
  isOnPath('redis-server') || isOnPath('valkey-server') || canRun(join(CACHE, 'redis/usr/bin/redis-server'))

/** Debian's packages are unpacked into the cache, without installing them. */
export const canUnpack = () => isOnPath('apt-get') && isOnPath('dpkg')

const hasDocker = () =>
  new Promise((resolve) => {
    execFile('docker', ['info'], { timeout: 2_000 }, (error) => resolve(!error))
  })
