/**
 * Measures how many documents one core reads, classifies and extracts in a second, by the reader and the handlers that
 * the workers run, and how much memory the processes take at most. Counts processor time, not the clock, so that other
 * work on the machine does not change the figures much. `--help` tells how to call it.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { BlobRef } from '../packages/domain/src/index.ts'
import { createDocumentReader, type DocumentReader } from '../packages/documents/src/index.ts'
import { shippedModels as classificationModels } from '../services/classification/src/models.ts'
import { classificationStage } from '../services/classification/src/stage.ts'
import { shippedModels as extractionModels } from '../services/extraction/src/models.ts'
import { extractionStage } from '../services/extraction/src/stage.ts'
import { dataDir } from './data.ts'
import { writeSection } from './quality-page.ts'
import { processorMs, residentPeakMb } from './process-load.ts'
import { throughputSamples, type Sample } from './throughput-samples.ts'

/** Documents a second and core, and peaks of resident memory, for one kind of document. */
export type Throughput = {
  set: 'throughput'
  metric: string
  perSecond: number
  items: number
  details: { readMs: number; classifyAndExtractMs: number; readerMb: number; workerMb: number }
}

/** One row a kind of document, each with a reader of its own: what one kind leaves in memory is not the next one's. */
export async function measureThroughput(dir: string, only?: string): Promise<Throughput[]> {
  const rows: Throughput[] = []
  for (const [metric, samples] of Object.entries(throughputSamples(dir)))
    if (only === undefined || only === metric) rows.push(await measure(metric, samples()))
  return rows
}

async function measure(metric: string, samples: Sample[]): Promise<Throughput> {
  await using reader = createDocumentReader()
  const line = makeLine(reader)
  const [first] = samples
  // Parsers, OCR and models are loaded with the first document, once in the life of a worker.
  if (first) await line(first)
  const before = { own: processorMs(process.pid), reader: processorMs(reader.childPid) }
  for (const sample of samples) await line(sample)
  const readMs = processorMs(reader.childPid) - before.reader
  const ownMs = processorMs(process.pid) - before.own
  return {
    set: 'throughput',
    metric,
    perSecond: rounded((1000 * samples.length) / (readMs + ownMs)),
    items: samples.length,
    details: {
      readMs: rounded(readMs / samples.length),
      classifyAndExtractMs: rounded(ownMs / samples.length),
      readerMb: residentPeakMb(reader.childPid),
      workerMb: residentPeakMb(process.pid),
    },
  }
}

const rounded = (value: number): number => Number(value.toPrecision(3))

/** Reads, classifies and extracts one document as the workers do, with blobs in memory. */
function makeLine(reader: DocumentReader): (sample: Sample) => Promise<void> {
  const classification = classificationStage({ reader, models: classificationModels() })
  const extraction = extractionStage({ models: extractionModels() })
  return async ({ bytes, mediaType }) => {
    const document: BlobRef = { key: 'documents/1', sha256: '0'.repeat(64), bytes: bytes.length, mediaType }
    const context = contextWith(new Map([[document.key, bytes]]))
    const classified = await classification.handle({ document }, context)
    await extraction.handle(classified, context)
  }
}

type Context = Parameters<ReturnType<typeof classificationStage>['handle']>[1]

/** Of a worker's context the handlers of both stages use the blobs and the signal. */
function contextWith(stored: Map<string, Uint8Array>): Context {
  const blobs = {
    read: ({ key }: { key: string }) => Promise.resolve(stored.get(key) ?? new Uint8Array()),
    put: (
      bytes: Uint8Array,
      { derivedFrom, name, mediaType }: { derivedFrom: string; name: string; mediaType: string },
    ) => {
      const key = `${derivedFrom}/${name}`
      stored.set(key, bytes)
      return Promise.resolve({ key, sha256: '0'.repeat(64), bytes: bytes.length, mediaType })
    },
  }
  return { blobs, signal: new AbortController().signal } as unknown as Context
}

export function printThroughput({ metric, perSecond, items, details }: Throughput): void {
  const { readMs, classifyAndExtractMs, readerMb, workerMb } = details
  console.log(`throughput       ${metric.padEnd(12)} ${perSecond} documents/s a core  n=${items}`)
  console.log(
    `${' '.repeat(17)}read ${readMs} ms, classify and extract ${classifyAndExtractMs} ms; peak: reader ${readerMb} MB, worker ${workerMb} MB`,
  )
}

/** A row a kind of document, for `docs/quality.md`. */
const throughputTable = (rows: readonly Throughput[]): string[] => [
  '| document | documents a second and core | reading, ms | classifying and extracting, ms | reader at most, MB | worker at most, MB | documents |',
  '|---|---|---|---|---|---|---|',
  ...rows.map(({ metric, perSecond, items, details }) => {
    const { readMs, classifyAndExtractMs, readerMb, workerMb } = details
    return `| ${[metric, perSecond, readMs, classifyAndExtractMs, readerMb, workerMb, items].join(' | ')} |`
  }),
]

if (import.meta.main) {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, json: { type: 'string' }, data: { type: 'string' } },
  })
  const rows = await measureThroughput(dataDir(values.data), values.only)
  rows.forEach(printThroughput)
  if (!values.only && !values.data) writeSection('Throughput', throughputTable(rows))
  if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`)
}
