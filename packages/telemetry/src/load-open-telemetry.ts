import type * as Api from '@opentelemetry/api'
import type * as Otlp from '@opentelemetry/exporter-trace-otlp-proto'
import type * as Resources from '@opentelemetry/resources'
import type * as SdkTrace from '@opentelemetry/sdk-trace'
import { createRequire } from 'node:module'

/**
 * OpenTelemetry's packages, each when it is first asked for. Through `require`: only so can a process without a
 * collector start at once and leave the tracing packages unread.
 */
const require = createRequire(import.meta.url)

export const openTelemetry = {
  api: () => require('@opentelemetry/api') as typeof Api,
  otlp: () => require('@opentelemetry/exporter-trace-otlp-proto') as typeof Otlp,
  resources: () => require('@opentelemetry/resources') as typeof Resources,
  traces: () => require('@opentelemetry/sdk-trace') as typeof SdkTrace,
}
