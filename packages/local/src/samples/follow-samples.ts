import { setTimeout as delay } from 'node:timers/promises'
import type { GatewayClient } from '../gateway-client.ts'
import { isAtRest, stateOf, type JobBody, type Outputs, type SampleRun } from './sample-run.ts'
import { submitSample, type Submitted } from './submit-sample.ts'

export type FollowOptions = {
  client: GatewayClient
  /** Job ids of earlier starts by sample name. */
  earlier: Submitted
  signal: AbortSignal
  withinMs: number
  /** Told at once, so that an interrupted start forgets nothing. */
  onSubmitted: (name: string, jobId: string) => Promise<void>
  onChange: (run: SampleRun) => void
}

const LOOK_EVERY_MS = 250

/**
 * Submits each sample, those that come after another when that one is at rest; looks at every job until all are at
 * rest, and fills in what became of them.
 *
 * @returns whether all came to rest in time.
 */
export async function followSamples(runs: SampleRun[], options: FollowOptions): Promise<boolean> {
  const deadline = performance.now() + options.withinMs
  for (;;) {
    for (const run of runs.filter((one) => !isAtRest(one) && mayBegin(one, runs))) await advance(run, options)
    if (runs.every(isAtRest)) return true
    if (performance.now() > deadline) return false
    await delay(LOOK_EVERY_MS, undefined, { signal: options.signal })
  }
}

function mayBegin({ sample }: SampleRun, runs: SampleRun[]): boolean {
  const before = runs.find((run) => run.sample.name === sample.after)
  return before === undefined || isAtRest(before)
}

async function advance(run: SampleRun, options: FollowOptions): Promise<void> {
  const before = stateOf(run)
  if (run.jobId === undefined) {
    await submitSample(run, options)
    if (run.jobId !== undefined && !run.earlier) await options.onSubmitted(run.sample.name, run.jobId)
  }
  if (run.jobId !== undefined) await readJob(run, run.jobId, options.client)
  if (stateOf(run) !== before) options.onChange(run)
}

async function readJob(run: SampleRun, jobId: string, client: GatewayClient): Promise<void> {
  const { status, body } = await client.get(`/v1/jobs/${jobId}`)
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
