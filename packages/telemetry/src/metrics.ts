import type { ServerResponse } from 'node:http'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
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
  /** A value that is read when somebody asks for it, once a name. */
  observeGauge(name: GaugeName, read: Read): void
  /** Likewise for what only grows. */
  observeCounter(name: NameOf<'counter'>, read: Read): void
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
  const registry = new Registry()
  const about = (name: MetricName) => {
    const { help, labels } = METRICS[name]
    return { name, help, labelNames: [...labels], registers: [registry] }
  }
  const counters = new Map(namesOf('counter').map((name) => [name, new Counter(about(name))]))
  const histograms = new Map(
    namesOf('histogram').map((name) => [name, new Histogram({ ...about(name), buckets: METRICS[name].buckets })]),
  )
  const readInto = async (metric: Gauge | Counter, read: Read) => {
    metric.reset()
    // What has no labels begins with 0, although nobody has read it.
    metric.remove({})
    try {
      for (const { value, labels = {} } of await read()) metric.inc(labels, value)
    } catch (error) {
      onReadFailed(error)
    }
  }
  return {
    add: (name, by, labels) => counters.get(name)?.inc(given(labels), by),
    observe: (name, seconds, labels) => histograms.get(name)?.observe(given(labels), Math.max(0, seconds)),
    observeGauge: (name, read) =>
      void new Gauge({
        ...about(name),
        collect: function () {
          return readInto(this, read)
        },
      }),
    observeCounter: (name, read) =>
      void new Counter({
        ...about(name),
        collect: function () {
          return readInto(this, read)
        },
      }),
    answer: async (response) => {
      const text = await registry.metrics()
      response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' }).end(text)
    },
  }
}

const namesOf = <Kind extends 'counter' | 'histogram'>(kind: Kind) =>
  (Object.keys(METRICS) as MetricName[]).filter(
    (name): name is NameOf<Kind> => METRICS[name].kind === kind && !/^(process|nodejs)_/.test(name),
  )

/** Nearly always all of them are. */
function given(labels: Record<string, string | undefined>): Record<string, string> {
  for (const name in labels)
    if (labels[name] === undefined)
      return Object.fromEntries(
        Object.entries(labels).filter((label): label is [string, string] => label[1] !== undefined),
      )
  return labels as Record<string, string>
}
