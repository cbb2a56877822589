import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { capLog, rotateLog } from './cap-log.ts'

export type ServiceSpec = {
  name: string
  /** The TypeScript file that Node runs. */
  entry: string
  /** Read at each start. */
  env: NodeJS.ProcessEnv
  /** What Node itself is told, such as a module to load first; default nothing. */
  execArgv?: readonly string[]
  /** Where `/health/ready` answers. */
  port: number
  logFile: string
  /** The longest pause before it is started again; default 30 s. */
  longestPauseMs?: number
}

export type Supervised = {
  name: string
  /** The process that runs just now; undefined between two. */
  child(): ChildProcess | undefined
  /** Resolves when the service says that it is ready. Rejects when it is not by then, with the end of its log. */
  whenReady(options: { withinMs: number; signal?: AbortSignal | undefined }): Promise<void>
  /** SIGTERM, and SIGKILL when it has not ended by then. It is not started again. */
  stop(options: { withinMs: number }): Promise<void>
}

const LONGEST_PAUSE_MS = 30_000
/** Who ran this long gets the shortest pause again. */
const STEADY_AFTER_MS = 60_000
/** Who was started again this often within this time does not get well by itself. */
const ALARM_AFTER = 3
const ALARM_WITHIN_MS = 300_000
const LOG_CHECK_MS = 10_000
/** A service that was never ready and ended this often has a fault that waiting does not cure. */
const GIVE_UP_AFTER = 3
/** Of a log whose service does not start; the rest is in the file. */
const SHOWN_LINES = 10
const SHOWN_CHARACTERS = 300

/**
 * Runs a service as a process of its own and starts it again when it ends unasked: after 1 s, 2, 4 … 30 s. Each has a
 * session of its own, so that the terminal's Ctrl-C leaves the order of stopping to us, and a channel whose closing
 * tells it that we are gone.
 */
export function supervise(spec: ServiceSpec, report: (line: string) => void): Supervised {
  const stopping = new AbortController()
  const life: Life = { child: undefined, crashes: 0, stopping: stopping.signal }
  const ended = keepRunning(spec, life, report)
  return {
    name: spec.name,
    child: () => life.child,
    whenReady: (options) => waitUntilReady(spec, life, options),
    async stop({ withinMs }) {
      stopping.abort()
      life.child?.kill('SIGTERM')
      const kill = setTimeout(() => life.child?.kill('SIGKILL'), withinMs)
      await ended
      clearTimeout(kill)
    },
  }
}

type Life = { child: ChildProcess | undefined; crashes: number; stopping: AbortSignal }

async function keepRunning(spec: ServiceSpec, life: Life, report: (line: string) => void): Promise<void> {
  await rotateLog(spec.logFile)
  const ends: number[] = []
  for (let pauseMs = 1_000; !life.stopping.aborted;) {
    const startedAt = performance.now()
    const how = await runOnce(spec, life)
    if (life.stopping.aborted) return
    life.crashes += 1
    if (performance.now() - startedAt > STEADY_AFTER_MS) pauseMs = 1_000
    report(`${spec.name} ended (${how}); starting it again in ${pauseMs / 1_000} s, its log: ${spec.logFile}`)
    if (isAlarming(ends)) report(alarm(spec))
    await delay(pauseMs, undefined, { signal: life.stopping }).catch(() => {})
    pauseMs = Math.min(pauseMs * 2, spec.longestPauseMs ?? LONGEST_PAUSE_MS)
  }
}

/** True at the third end within five minutes, and at every one after it for as long as they come that often. */
function isAlarming(ends: number[]): boolean {
  const now = performance.now()
  ends.push(now)
  while ((ends[0] ?? now) < now - ALARM_WITHIN_MS) ends.shift()
  return ends.length >= ALARM_AFTER
}

const alarm = ({ name, logFile }: ServiceSpec): string =>
  `ALARM: ${name} ended ${ALARM_AFTER} times or more in ${ALARM_WITHIN_MS / 60_000} minutes; look at the end of ${logFile}`

/** @returns how it ended, for people. */
async function runOnce(spec: ServiceSpec, life: Life): Promise<string> {
  const log = await open(spec.logFile, 'a', 0o600)
  const child = fork(spec.entry, [], {
    env: spec.env,
    // What Node itself was told when it started us is not meant for services.
    execArgv: [...(spec.execArgv ?? [])],
    detached: true,
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
  })
  life.child = child
  await log.close()
  if (life.stopping.aborted) child.kill('SIGTERM')
  const capping = setInterval(() => void capLog(spec.logFile), LOG_CHECK_MS)
  try {
    const [code, killedBy] = await once(child, 'exit')
    return killedBy ? `signal ${killedBy}` : `exit code ${code}`
  } catch (error) {
    return String(error)
  } finally {
    life.child = undefined
    clearInterval(capping)
  }
}

async function waitUntilReady(
  { name, port, logFile }: ServiceSpec,
  life: Life,
  { withinMs, signal }: { withinMs: number; signal?: AbortSignal | undefined },
): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await isReady(port))) {
    signal?.throwIfAborted()
    life.stopping.throwIfAborted()
    if (life.crashes >= GIVE_UP_AFTER) throw new Error(await notReady(`${name} ends as soon as it starts`, logFile))
    if (performance.now() > deadline) {
      throw new Error(await notReady(`${name} is not ready after ${withinMs / 1_000} s`, logFile))
    }
    await delay(50)
  }
}

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then(
    async (response) => {
      await response.body?.cancel()
      return response.ok
    },
    () => false,
  )

async function notReady(what: string, logFile: string): Promise<string> {
  const log = await readFile(logFile, 'utf8').catch(() => '')
  const end = log.trim().split('\n').slice(-SHOWN_LINES)
  return `${what}. The end of its log (${logFile}):\n${end.map((line) => line.slice(0, SHOWN_CHARACTERS)).join('\n')}`
}
