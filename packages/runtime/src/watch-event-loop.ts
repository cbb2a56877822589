import { Worker } from 'node:worker_threads'
import { atTicks } from './at-ticks.ts'

export type EventLoopWatch = Disposable & {
  /** How late the event loop was in the last 10 s, taken together, in ms: 10,000 when it never came round. */
  lateMs(): number
}

/** How often the event loop shows that it comes round, ms. */
const BEAT_MS = 250
const WINDOW_MS = 10_000

/**
 * Sees to it that a process whose event loop stands still for `stuckLimitMs` ends: by SIGKILL, from a thread of its own,
 * after one line on standard error. Whoever started the process starts it again, and what it had in hand goes to
 * another. 0 watches without ending anything.
 */
export function watchEventLoop({ service, stuckLimitMs }: { service: string; stuckLimitMs: number }): EventLoopWatch {
  const beats = new SharedArrayBuffer(8)
  const cells = new Int32Array(beats)
  const late: { at: number; ms: number }[] = []
  let last = performance.now()
  const leave = atTicks(BEAT_MS, () => {
    Atomics.add(cells, 0, 1)
    const now = performance.now()
    late.push({ at: now, ms: Math.max(0, now - last - BEAT_MS) })
    last = now
    while (late[0] && late[0].at < now - WINDOW_MS) late.shift()
  })
  const thread = stuckLimitMs > 0 ? startThread({ beats, limitMs: stuckLimitMs, service }) : undefined
  return {
    lateMs: () =>
      Math.min(
        WINDOW_MS,
        late.reduce((sum, { ms }) => sum + ms, 0),
      ),
    [Symbol.dispose]: () => {
      leave()
      void thread?.terminate()
    },
  }
}

/** Some 10 MB of memory; it opens nothing and says nothing until it has to. */
function startThread(about: { beats: SharedArrayBuffer; limitMs: number; service: string }): Worker {
  const lookEveryMs = Math.min(500, Math.ceil(about.limitMs / 10))
  const thread = new Worker(new URL('./watchdog-thread.mjs', import.meta.url), {
    workerData: { ...about, lookEveryMs },
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
    execArgv: [],
    env: {},
  })
  thread.unref()
  return thread
}
