import { supervise, type Supervised } from '@stageline/local'
import type { Proxy, Weather } from './proxy.ts'

/** One process of the line with the proxies that stand between it and the stores. */
export type Member = {
  name: string
  role: 'gateway' | 'orchestrator' | 'stage'
  /** The stage that it works, or its role. */
  group: string
  /** Where its HTTP answers, past every proxy. */
  port: number
  postgres: Proxy
  redis: Proxy
  pid(): number | undefined
  /** How often it ended unasked. */
  deaths(): number
  isReady(): Promise<boolean>
  /** SIGKILL; it is started again after a moment, like every member that ends. */
  kill(): void
  /** SIGSTOP and SIGCONT. */
  freeze(): void
  thaw(): void
  /** Its event loop stands still from now on, for so long. */
  stall(ms: number): void
  /** Code points at which it breaks from now on, also after a restart; '' for none. See preload/fault-points.ts. */
  breakAt(points: string): void
  /** Its wall clock is wrong by this much from now on, also after a restart. */
  shiftClock(ms: number): void
  /** Every store through this weather. */
  weather(weather: Weather): Promise<void>
  whenReady(withinMs: number): Promise<void>
  /** Ends it for good: SIGTERM, then SIGKILL when it takes longer. */
  stop(withinMs: number): Promise<void>
  /** Starts it again after `stop`. */
  start(): void
}

export type MemberSpec = Pick<Member, 'name' | 'role' | 'group' | 'port' | 'postgres' | 'redis'> & {
  entry: string
  env: NodeJS.ProcessEnv
  execArgv: string[]
  logFile: string
  report: (line: string) => void
}

const LONGEST_PAUSE_MS = 5_000

export function startMember(spec: MemberSpec): Member {
  const { name, role, group, port, postgres, redis, entry, env, execArgv, logFile } = spec
  let deaths = 0
  const report = (line: string) => {
    deaths += 1
    spec.report(line)
  }
  const start = (): Supervised =>
    supervise({ name, entry, env, execArgv, port, logFile, longestPauseMs: LONGEST_PAUSE_MS }, report)
  let process: Supervised = start()
  const tell = (message: object) => {
    const child = process.child()
    if (child?.connected) child.send(message, () => undefined)
  }
  return {
    name,
    role,
    group,
    port,
    postgres,
    redis,
    pid: () => process.child()?.pid,
    deaths: () => deaths,
    isReady: () => answersReady(port),
    kill: () => void process.child()?.kill('SIGKILL'),
    freeze: () => void process.child()?.kill('SIGSTOP'),
    thaw: () => void process.child()?.kill('SIGCONT'),
    stall: (stallMs) => tell({ stallMs }),
    breakAt: (points) => {
      env['FAULT_POINTS'] = points
      tell({ points })
    },
    shiftClock: (clockMs) => {
      env['FAULT_CLOCK'] = String(clockMs)
      tell({ clockMs })
    },
    weather: async (weather) => void (await Promise.all([postgres.set(weather), redis.set(weather)])),
    whenReady: (withinMs) => process.whenReady({ withinMs }),
    stop: async (withinMs) => {
      process.child()?.kill('SIGCONT')
      await process.stop({ withinMs })
    },
    start: () => void (process = start()),
  }
}

const answersReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then(
    async (response) => {
      await response.body?.cancel()
      return response.ok
    },
    () => false,
  )
