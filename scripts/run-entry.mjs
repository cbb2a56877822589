import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { BIN, CACHE, ROOT } from './paths.mjs'

/**
 * A terminal sends Ctrl-C to npm and to us, and npm passes its own on to us: what comes this close together is one.
 */
const SAME_SIGNAL_MS = 1_000
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs the entry on the pinned Node and ends as it ends. It gets a session of its own, so that signals reach it through
 * us only, once; and a channel whose closing tells it that we are gone, should we be killed.
 */
export function runEntry(entry, args) {
  const child = spawn(join(BIN, 'node'), [join(ROOT, entry), ...args], {
    cwd: ROOT,
    env: environment(),
    detached: true,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  passSignals(child)
  watchNpm(child)
  child.once('error', (error) => {
    console.error(`Cannot run ${join(BIN, 'node')}: ${error.message}`)
    process.exit(1)
  })
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

/** Processes find what others have compiled before: a quarter less work at the start of every service. */
function environment() {
  const path = `${BIN}${delimiter}${process.env.PATH ?? ''}`
  return { NODE_COMPILE_CACHE: join(CACHE, 'compiled'), ...process.env, PATH: path }
}

function passSignals(child) {
  let lastAt = -Infinity
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (performance.now() - lastAt < SAME_SIGNAL_MS) return
      lastAt = performance.now()
      child.kill(signal)
    })
  }
}

/**
 * An npm that was killed outright passes nothing on, but we get another parent: the scripts of package.json say `exec`,
 * so that no shell stands between.
 */
function watchNpm(child) {
  if (!process.env.npm_lifecycle_event) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    child.kill('SIGTERM')
  }, 1_000)
  timer.unref()
}
