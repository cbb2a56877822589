import { setTimeout as delay } from 'node:timers/promises'
import type { GatewayClient } from '../gateway-client.ts'
import { isAtRest, stateOf, type JobBody, type Outputs, type SampleRun } from './sample-run.ts'

export type WatchOptions = {
  client: GatewayClient
  signal: AbortSignal
  withinMs: number
  onChange: (run: SampleRun) => void
}

const LOOK_EVERY_MS = 250

/**
 * Looks at every run until all are at rest, fills in what became of them, and tells of each change.
 *
 * @returns whether all came to rest in time.
 */
export async function watchSamples(runs: SampleRun[], options: WatchOptions): Promise<boolean> {
  const deadline = performance.now() + options.withinMs
  for (let open = runs; open.length > 0; open = open.filter((run) => !isAtRest(run))) {
    for (const run of open) await look(run, options)
    if (open.every(isAtRest)) break
    if (performance.now() > deadline) return false
    await delay(LOOK_EVERY_MS, undefined, { signal: options.signal })
  }
  return true
}

async function look(run: SampleRun, { client, onChange }: WatchOptions): Promise<void> {
  const before = stateOf(run)
  if (run.jobId) await readJob(run, run.jobId, client)
  if (run.refusal || stateOf(run) !== before) onChange(run)
}

async function readJob(run: SampleRun, jobId: string, client: GatewayClient): Promise<void> {
  const { status, body } = await client.get(`/v1/jobs/${jobId}`)
  // A gateway that is being started again answers soon.
  if (status !== 200) return
  const job = body as JobBody
  // The outputs first: a run that is at rest is shown.
  if (isAtRest({ ...run, job })) run.outputs = await readOutputs(jobId, client)
  run.job = job
}

type ResultBody = { result: Outputs | null; outputs: Record<string, Outputs> }

async function readOutputs(jobId: string, client: GatewayClient): Promise<Outputs> {
  const { body } = await client.get(`/v1/jobs/${jobId}/result`)
  const { result, outputs } = body as ResultBody
  const steps = ['classification', 'extraction', 'enrichment', 'scoring'].map((key) => outputs?.[key] ?? {})
  return Object.assign({}, ...steps, result ?? {})
}
