import type { Attributes, Span, SpanKind, Tracer } from '@opentelemetry/api'
import type { SpanExporter } from '@opentelemetry/sdk-trace'
import { openTelemetry } from './load-open-telemetry.ts'
import { ATTRIBUTES } from './names.ts'
import type { TraceScope } from './trace-context.ts'
import { formatTraceparent, NOWHERE, parseTraceparent } from './trace-context.ts'

type SpanRequest = {
  name: string
  kind: 'CONSUMER' | 'SERVER'
  /** `traceparent` of what this work was asked by. */
  parent: string | null
  /** Asked only where a span is kept. */
  attributes: () => Attributes
}

/** Opens spans; a process without a collector passes on what it was given. */
export type Tracing = {
  open(request: SpanRequest): TraceScope
  /** Sends what is left, within {@link FLUSH_MS}. */
  shutdown(): Promise<void>
}

export type TracingOptions = {
  service: string
  version: string
  instanceId: string
  /** Base address of the OTLP/HTTP receiver, such as `http://localhost:4318`. */
  endpoint: string
  /** Of what nobody has decided about before, the share that is traced: 0 to 1. */
  share: number
  onExportFailed: (error: unknown) => void
}

const FLUSH_MS = 2_000

export const passThrough: Tracing = {
  open: ({ parent }) => {
    if (parent === null) return NOWHERE
    const given = parseTraceparent(parent)
    return { traceparent: given ? parent : null, traceId: given?.traceId ?? null, span: null }
  },
  shutdown: () => Promise.resolve(),
}

/** Spans to a collector by OTLP over HTTP in protobuf, gathered in batches; sampled as what began it all. */
export function startTracing(options: TracingOptions): Tracing {
  const { TracerProvider, BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler } = openTelemetry.traces()
  const exporter = telling(openExporter(options.endpoint), options.onExportFailed)
  const provider = new TracerProvider({
    resource: resourceOf(options),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.share) }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000, exportTimeoutMillis: FLUSH_MS })],
  })
  const tracer = provider.getTracer('stageline', options.version)
  return { open: (request) => openSpan(tracer, request), shutdown: () => withinFlushTime(provider.shutdown()) }
}

function openSpan(tracer: Tracer, { name, kind, parent, attributes }: SpanRequest): TraceScope {
  const { ROOT_CONTEXT, SpanKind, trace } = openTelemetry.api()
  const given = parseTraceparent(parent)
  const context = given ? trace.setSpanContext(ROOT_CONTEXT, given) : ROOT_CONTEXT
  const spanKind: SpanKind = SpanKind[kind]
  const span: Span = tracer.startSpan(name, { kind: spanKind }, context)
  if (span.isRecording()) span.setAttributes(attributes())
  const own = span.spanContext()
  return { traceparent: formatTraceparent(own), traceId: own.traceId, span }
}

const openExporter = (endpoint: string): SpanExporter =>
  new (openTelemetry.otlp().OTLPTraceExporter)({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: FLUSH_MS,
  })

/** The SDK keeps a failed export to itself; whoever runs this must hear that traces are missing. */
function telling(exporter: SpanExporter, onExportFailed: (error: unknown) => void): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error) onExportFailed(result.error)
        done(result)
      }),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  }
}

/** Attributes from `OTEL_RESOURCE_ATTRIBUTES` (environment, region …) stand beside ours, never instead of them. */
function resourceOf({ service, version, instanceId }: TracingOptions) {
  const { detectResources, resourceAttributesEnvDetector, resourceFromAttributes } = openTelemetry.resources()
  const ours = resourceFromAttributes({
    [ATTRIBUTES.serviceName]: service,
    [ATTRIBUTES.serviceNamespace]: 'stageline',
    [ATTRIBUTES.serviceInstance]: instanceId,
    [ATTRIBUTES.serviceVersion]: version,
  })
  return detectResources({ detectors: [resourceAttributesEnvDetector] }).merge(ours)
}

function withinFlushTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, FLUSH_MS)))
  return Promise.race([work.catch(() => undefined), limit]).finally(() => clearTimeout(timer))
}
