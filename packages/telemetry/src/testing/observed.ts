import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TelemetryOptions } from '../start-telemetry.ts'
import { startTelemetry } from '../start-telemetry.ts'
import type { StepInfo } from '@stageline/domain'

type LogLine = Record<string, unknown> & { level: string; msg: string }

/** Telemetry whose lines can be read, as text and parsed. */
export function observed(options: Partial<TelemetryOptions> = {}) {
  const written: string[] = []
  const telemetry = startTelemetry({
    service: 'extraction',
    instanceId: 'extraction@test/1',
    logLevel: 'debug',
    logDestination: { write: (line) => void written.push(line) },
    ...options,
  })
  const lines = () => written.map((line) => JSON.parse(line) as LogLine)
  const metrics = () => scrape((response) => telemetry.metricsHandler?.(response.req, response))
  return { telemetry, written, lines, metrics }
}

export const stepInfo = (over: Partial<StepInfo> = {}): StepInfo => ({
  tenantId: 'tenant-1',
  jobId: 'job-1',
  workflow: 'document',
  step: 'extract',
  stage: 'extraction',
  attempt: 1,
  batchId: null,
  trace: null,
  waitedMs: null,
  ...over,
})

/** Serves one request over a real connection. */
async function scrape(serve: (response: ServerResponse) => void) {
  const server = createServer((_request, response) => serve(response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`)
    return { type: response.headers.get('content-type'), text: await response.text() }
  } finally {
    server.close()
    server.closeAllConnections()
  }
}
