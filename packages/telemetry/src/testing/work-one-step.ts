/** A process that works one failing step of a job whose `traceparent` is given, prints what it passes on, and ends. */
import { DataError, toFailure } from '@stageline/domain'
import { startTelemetry } from '../start-telemetry.ts'
import { stepInfo } from './observed.ts'

const [, , otlpEndpoint, trace] = process.argv
const telemetry = startTelemetry({
  service: 'extraction',
  instanceId: `extraction@test/${process.pid}`,
  logLevel: 'silent',
  otlpEndpoint: otlpEndpoint!,
})
const failure = toFailure(new DataError('extraction.unreadable_document', 'CANARY', { details: { text: 'CANARY' } }))
await telemetry.observer.step(stepInfo({ trace: trace ?? null, attempt: 2 }), () => {
  process.stdout.write(String(telemetry.currentTraceparent()))
  return Promise.resolve({ outcome: 'failed', failure })
})
await telemetry.shutdown()
