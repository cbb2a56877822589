/** A process that has started telemetry and does nothing; prints what it costs. With an argument: without telemetry. */
import { createRequire } from 'node:module'

/** What every process has anyway, so that the difference is telemetry's own. */
await import('@stageline/domain')
const began = performance.now()
if (process.argv[2] === 'with') {
  const { startTelemetry } = await import('../start-telemetry.ts')
  startTelemetry({ service: 'extraction', instanceId: 'extraction@test/1', logLevel: 'info' })
}
const startMs = performance.now() - began
globalThis.gc?.()
const read = Object.keys(createRequire(import.meta.url).cache)
process.stdout.write(JSON.stringify({ rssMb: process.memoryUsage.rss() / 1e6, startMs, read }))
process.exit(0)
