import type { Attributes, Meter } from '@opentelemetry/api'
import type { ServerResponse } from 'node:http'
import { openTelemetry } from './load-open-telemetry.ts'
import type { MetricName } from './names.ts'
import { METRICS } from './names.ts'

type NameOf<Kind> = { [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never }[MetricName]
export type GaugeName = NameOf<'gauge'>
type LabelsOf<Name extends MetricName> = Partial<Record<(typeof METRICS)[Name]['labels'][number], string | undefined>>

export type Reading = { value: number; labels?: Record<string, string> }

export type Metrics = {
  add<Name extends NameOf<'counter'>>(name: Name, by: number, labels: LabelsOf<Name>): void
  /** @param seconds duration; below 0, from two clocks that disagree, it counts as 0 */
  observe<Name extends NameOf<'histogram'>>(name: Name, seconds: number, labels: LabelsOf<Name>): void
  /** A value that is read when somebody asks for it. */
  observeGauge(name: string, help: string, read: Read): void
  /** Likewise for what only grows. */
  observeCounter(name: string, help: string, read: Read): void
}

export type ServedMetrics = Metrics & {
  /** Answers with the Prometheus text format 0.0.4. */
  answer(response: ServerResponse): Promise<void>
}

export type Read = () => Iterable<Reading> | Promise<Iterable<Reading>>

/** Nothing is counted and nothing is read. */
export const NO_METRICS: Metrics = {
  add: () => undefined,
  observe: () => undefined,
  observeGauge: () => undefined,
  observeCounter: () => undefined,
}

/** Metrics of one process. Nothing is sent: whoever wants them asks. */
export function createMetrics({ onReadFailed }: { onReadFailed: (error: unknown) => void }): ServedMetrics {
  const { PrometheusExporter, PrometheusSerializer } = openTelemetry.prometheus()
  const reader = new PrometheusExporter({ preventServerStart: true })
  const serializer = new PrometheusSerializer('', false, undefined, true, true)
  const provider = new (openTelemetry.metrics().MeterProvider)({ readers: [reader] })
  const meter = provider.getMeter('stageline')
  const counters = new Map(namesOf('counter').map((name) => [name, meter.createCounter(name, about(name))]))
  const histograms = new Map(namesOf('histogram').map((name) => [name, meter.createHistogram(name, about(name))]))
  return {
    add: (name, by, labels) => counters.get(name)?.add(by, given(labels)),
    observe: (name, seconds, labels) => histograms.get(name)?.record(Math.max(0, seconds), given(labels)),
    observeGauge: (name, description, read) =>
      watch(meter, 'createObservableGauge', name, description, read, onReadFailed),
    observeCounter: (name, description, read) =>
      watch(meter, 'createObservableCounter', name, description, read, onReadFailed),
    answer: async (response) => {
      const { resourceMetrics } = await reader.collect()
      response
        .writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' })
        .end(serializer.serialize(resourceMetrics))
    },
  }
}

function watch(
  meter: Meter,
  create: 'createObservableGauge' | 'createObservableCounter',
  name: string,
  description: string,
  read: Read,
  onReadFailed: (error: unknown) => void,
): void {
  meter[create](name, { description }).addCallback(async (result) => {
    try {
      for (const { value, labels } of await read()) result.observe(value, labels)
    } catch (error) {
      onReadFailed(error)
    }
  })
}

const namesOf = <Kind extends 'counter' | 'histogram'>(kind: Kind) =>
  (Object.keys(METRICS) as MetricName[]).filter(
    (name): name is NameOf<Kind> => METRICS[name].kind === kind && !/^(process|nodejs)_/.test(name),
  )

function about(name: MetricName) {
  const metric = METRICS[name]
  return {
    description: metric.help,
    ...('buckets' in metric ? { advice: { explicitBucketBoundaries: [...metric.buckets] } } : {}),
  }
}

/** Nearly always all of them are. */
function given(labels: Record<string, string | undefined>): Attributes {
  for (const name in labels)
    if (labels[name] === undefined)
      return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined))
  return labels
}
