import type { GatewayClient } from '../gateway-client.ts'
import type { Sample } from './sample.ts'
import type { SampleRun } from './sample-run.ts'

/** Job ids by sample name, of this and earlier starts. */
export type Submitted = Record<string, string>

/**
 * Submits what no earlier start has submitted, one after the other. A key per sample makes the gateway recognise one
 * whose answer never arrived.
 *
 * @param onSubmitted is told at once, so that an interrupted start forgets nothing.
 */
export async function submitSamples(
  samples: Sample[],
  earlier: Submitted,
  { client, onSubmitted }: { client: GatewayClient; onSubmitted: (name: string, jobId: string) => Promise<void> },
): Promise<SampleRun[]> {
  const runs: SampleRun[] = []
  for (const sample of samples) {
    const known = await findEarlier(sample, earlier, client)
    const run = known ?? (await submit(sample, client))
    if (!known && run.jobId) await onSubmitted(sample.name, run.jobId)
    runs.push(run)
  }
  return runs
}

async function findEarlier(sample: Sample, earlier: Submitted, client: GatewayClient): Promise<SampleRun | undefined> {
  const jobId = earlier[sample.name]
  if (jobId === undefined) return undefined
  const { status } = await client.get(`/v1/jobs/${jobId}`)
  return status === 200 ? { sample, earlier: true, jobId } : undefined
}

async function submit(sample: Sample, client: GatewayClient): Promise<SampleRun> {
  const { workflow, file, record, priority } = sample
  const subject = file === undefined ? { record } : { file }
  const idempotencyKey = `sample-${sample.name}`
  const { status, body } = await client.submit({ workflow, idempotencyKey, priority, ...subject })
  const answer = body as { id?: string; code?: string; detail?: string; title?: string }
  if (status < 300 && answer.id) return { sample, earlier: false, jobId: answer.id }
  const refusal = { status, code: answer.code ?? '', detail: answer.detail ?? answer.title ?? String(body) }
  return { sample, earlier: false, refusal }
}
