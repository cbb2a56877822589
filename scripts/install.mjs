import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, closeSync, constants, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { whileInstalling } from './install-lock.mjs'
import { BIN, CACHE, ROOT, canRun } from './paths.mjs'

export const PNPM = 'pnpm@12.21.0'
const STAMP = join(ROOT, 'node_modules', '.stageline-installed')
const LOG = join(CACHE, 'install.log')

/** Whether what is installed is what the lockfile names; asks no program, so that a second start is quick. */
export function isInstalled() {
  return canRun(join(BIN, 'node')) && readOr(STAMP, '') === wanted()
}

const wanted = () =>
  createHash('sha256')
    .update(`${process.platform}-${process.arch}\n`)
    .update(readFileSync(join(ROOT, 'pnpm-lock.yaml')))
    .digest('hex')

/** Installs the pinned package manager, Node and dependencies; ends the process with one clear error if that fails. */
export async function install() {
  await whileInstalling(async () => {
    // Another start may have done it while this one waited.
    if (isInstalled()) return
    const began = Date.now()
    const stopTelling = tellProgress(began)
    const { code, signal } = await runInstaller()
    stopTelling()
    if (code !== 0) giveUp(code, signal)
    writeFileSync(STAMP, wanted())
    console.log(`Installed in ${seconds(began)} s`)
  })
}

function runInstaller() {
  const log = openSync(LOG, 'w')
  const args = ['--yes', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only']
  // A group of its own: a signal to us is passed on to all that npx started, once.
  const child = spawn('npx', args, { cwd: ROOT, env: environment(), detached: true, stdio: ['ignore', log, log] })
  const pass = (signal) => process.kill(-child.pid, signal)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.once(signal, pass)
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, signal: error.message }))
    child.once('exit', (code, signal) => {
      closeSync(log)
      for (const name of signals) process.removeListener(name, pass)
      resolve({ code, signal })
    })
  })
}

/** Package managers want a home to keep things in; an account without one gets a place in the cache. */
function environment() {
  const env = { ...process.env, CI: 'true', npm_config_update_notifier: 'false', npm_config_fund: 'false' }
  if (isWritable(homedir())) return env
  const home = join(CACHE, 'home')
  mkdirSync(home, { recursive: true })
  return {
    ...env,
    HOME: home,
    XDG_CACHE_HOME: '',
    XDG_DATA_HOME: '',
    XDG_STATE_HOME: '',
    npm_config_cache: join(home, '.npm'),
  }
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function tellProgress(began) {
  if (!process.stdout.isTTY) {
    console.log('Installing …')
    return () => {}
  }
  const timer = setInterval(() => process.stdout.write(`\rInstalling … ${seconds(began)} s `), 500)
  return () => {
    clearInterval(timer)
    process.stdout.write('\r\u001b[K')
  }
}

const seconds = (began) => Math.round((Date.now() - began) / 1000)

function giveUp(code, signal) {
  if (['SIGINT', 'SIGTERM', 'SIGHUP'].includes(signal)) process.exit(130)
  const said = readOr(LOG, '').trim().split('\n')
  const space = said.some((line) => line.includes('ENOSPC'))
  console.error(said.slice(-12).join('\n'))
  console.error(
    space
      ? `\nThe disk is full: free 1.5 GB at ${ROOT} (or in the package cache of your account) and start again`
      : `\nThe installation failed (${signal ?? code}). All that was said: ${LOG}`,
  )
  process.exit(1)
}

function readOr(file, otherwise) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return otherwise
  }
}
