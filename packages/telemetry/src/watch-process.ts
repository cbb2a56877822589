import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { GaugeName, Metrics } from './metrics.ts'

/** How often the event loop is asked how late it is, ms: rarely enough to cost an idle process nothing that counts. */
const LOOP_EVERY_MS = 250

/** Memory, CPU time, event loop delay and version of this process, under the names that Prometheus clients use. */
export function watchProcess(metrics: Metrics, about: { service: string; version: string }): Disposable {
  const delay = monitorEventLoopDelay({ resolution: LOOP_EVERY_MS })
  delay.enable()
  const startedAt = Math.round(Date.now() / 1_000 - process.uptime())
  const gauge = (name: GaugeName, read: () => number, labels: Record<string, string> = {}) =>
    metrics.observeGauge(name, () => [{ value: read(), labels }])

  gauge('stageline_build_info', () => 1, { ...about, node: process.versions.node })
  gauge('process_start_time_seconds', () => startedAt)
  gauge('process_resident_memory_bytes', () => process.memoryUsage.rss())
  gauge('nodejs_eventloop_delay_p99_seconds', () => {
    const late = Math.max(0, delay.percentile(99) / 1e9 - LOOP_EVERY_MS / 1_000)
    delay.reset()
    return late
  })
  metrics.observeCounter('process_cpu_seconds_total', () => [
    { value: (process.cpuUsage().user + process.cpuUsage().system) / 1e6 },
  ])
  return { [Symbol.dispose]: () => void delay.disable() }
}
