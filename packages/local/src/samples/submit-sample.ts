import type { GatewayClient } from '../gateway-client.ts'
import type { SampleRun } from './sample-run.ts'

/** Job ids by sample name, of this and earlier starts. */
export type Submitted = Record<string, string>

/**
 * Submits a sample, unless an earlier start did and its job is still there. A key of its own makes the gateway
 * recognise one whose answer never arrived.
 */
export async function submitSample(
  run: SampleRun,
  { client, earlier }: { client: GatewayClient; earlier: Submitted },
): Promise<void> {
  const { name, workflow, file, record, priority } = run.sample
  const known = earlier[name]
  if (known !== undefined && (await client.get(`/v1/jobs/${known}`)).status === 200) {
    Object.assign(run, { jobId: known, earlier: true })
    return
  }
  const subject = file === undefined ? { record } : { file }
  const { status, body } = await client.submit({ workflow, idempotencyKey: `sample-${name}`, priority, ...subject })
  const answer = body as { id?: string; code?: string; detail?: string; title?: string }
  if (status < 300 && answer.id) run.jobId = answer.id
  else run.refusal = { status, code: answer.code ?? '', detail: answer.detail ?? answer.title ?? String(body) }
}
