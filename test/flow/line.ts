/** What the flow tests ask of a running line. */
import type { startLine } from '@stageline/testkit'
import { waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import pg from 'pg'

export type Line = Awaited<ReturnType<typeof startLine>>

export type JobAnswer = { id: string; state: string; steps: { key: string; state: string; attempt: number }[] }
export type HistoryAnswer = {
  items: { seq: number; event: string; step: string | null; path: string[]; actor: string }[]
}

export const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

export async function submit(line: Line, job: object): Promise<string> {
  const answer = await line.call('/v1/jobs', post(job))
  const body = (await answer.json()) as { id: string }
  assert.equal(answer.status, 202, JSON.stringify(body))
  return body.id
}

const SAMPLES = join(import.meta.dirname, '../../examples/samples')
export const sample = (name: string): Promise<Buffer<ArrayBuffer>> => readFile(join(SAMPLES, name))

/** Uploads bytes as a document; the answer as it comes. */
export async function upload(
  line: Line,
  { name, bytes, headers = {} }: { name: string; bytes: Uint8Array<ArrayBuffer>; headers?: Record<string, string> },
): Promise<Response> {
  const body = new FormData()
  body.set('workflow', 'document')
  body.set('file', new Blob([bytes]), name)
  return line.call('/v1/documents', { method: 'POST', body, headers })
}

/** Submits one of the samples; returns the job. */
export async function submitFile(line: Line, name: string): Promise<string> {
  const answer = await upload(line, { name: basename(name), bytes: await sample(name) })
  const body = (await answer.json()) as { id: string }
  assert.equal(answer.status, 202, JSON.stringify(body))
  return body.id
}

/** Submits records as NDJSON in one request; returns the batch. */
export async function submitMany(line: Line, jobs: readonly object[]): Promise<string> {
  const answer = await line.call('/v1/jobs:bulk', {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: jobs.map((job) => JSON.stringify(job)).join('\n'),
  })
  const lines = (await answer.text())
    .trim()
    .split('\n')
    .map((one) => JSON.parse(one) as { status: number })
  assert.equal(answer.status, 200)
  assert.deepEqual(
    lines.filter(({ status }) => status !== undefined && status !== 202),
    [],
  )
  const batchId = answer.headers.get('batch-id')
  assert.ok(batchId, 'the answer names the batch')
  return batchId
}

/** Saves a workflow of one step after the other, each named after its stage. */
export async function saveChain(line: Line, key: string, stages: readonly string[]): Promise<void> {
  const steps = stages.map((stage, i) => ({ key: stage, stage, dependsOn: i === 0 ? [] : [stages[i - 1]!] }))
  const saved = await line.call(`/v1/workflows/${key}`, { ...post({ key, steps }), method: 'PUT' })
  assert.equal(saved.status, 201, await saved.text())
}

export const jobOf = (line: Line, id: string) => line.json<JobAnswer>(`/v1/jobs/${id}`)

export async function untilState(
  line: Line,
  id: string,
  states: readonly string[],
  timeoutMs = 30_000,
): Promise<JobAnswer> {
  let job: JobAnswer | undefined
  await waitFor(
    async () => {
      job = await jobOf(line, id)
      return states.includes(job.state)
    },
    { timeoutMs, message: `job ${id} to be ${states.join(' or ')} (log: ${line.log})` },
  )
  return job!
}

export type BatchAnswer = { total: number; byState: Record<string, number>; percent: number }

export async function untilBatchEnds(line: Line, batchId: string, timeoutMs: number): Promise<BatchAnswer> {
  let batch: BatchAnswer | undefined
  await waitFor(
    async () => {
      batch = await line.json<BatchAnswer>(`/v1/batches/${batchId}`)
      const { completed = 0, cancelled = 0, suspended = 0 } = batch.byState
      return completed + cancelled + suspended === batch.total
    },
    { timeoutMs, message: `batch ${batchId} to end (log: ${line.log})` },
  )
  return batch!
}

/** A part record that lacks enough to be routed to automation. */
export const partRecord = (n: number) => ({
  workflow: 'part',
  businessKey: `part-${n}`,
  input: { record: { mpn: `RC0603FR-07${n}KL`, description: `RES ${n}K OHM 1% 1/10W 0603` } },
  priority: 0.6,
})

/** Asks the record itself, as nobody but a test may. */
export async function query<Row extends object>(line: Line, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: line.database.adminUrl })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}
