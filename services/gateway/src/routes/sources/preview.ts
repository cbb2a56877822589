import { newId } from '@stageline/domain'
import type { RunView } from '@stageline/engine/ports'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { GatewayDeps } from '../../gateway-deps.ts'
import { comeBackSoon } from '../../http/come-back-soon.ts'
import { operation } from '../../http/operation.ts'
import { Problem, unknownResource } from '../../http/problems.ts'
import { FaultsAnswer, SampleAnswer } from '../batches/run-answer.ts'
import { columnsOf } from '../batches/run.ts'
import { requireWorkflow } from '../jobs/submit-body.ts'
import { SourceParams } from './sources.ts'

const SHOWN = 20
const LONGEST_WAIT_MS = 20_000
const LOOK_EVERY_MS = 200

const PreviewAnswer = z
  .object({ read: z.number().int(), refused: z.number().int(), faults: FaultsAnswer, records: SampleAnswer })
  .meta({ id: 'SourcePreview' })

export const previewSource = operation({
  id: 'previewSource',
  method: 'post',
  path: '/v1/sources/{key}:preview',
  tag: 'Sources',
  summary: 'See the first records of a source and what would be submitted',
  description:
    'Read by an orchestrator, as a batch would be, from the beginning. Nothing is submitted and no mark moves.',
  params: SourceParams,
  body: {
    type: 'application/json',
    optional: true,
    schema: z.strictObject({ workflow: z.string().min(1).max(63).default('part') }).meta({ id: 'PreviewSource' }),
  },
  answers: { 200: { description: 'The first 20 records', schema: PreviewAnswer } },
  problems: [
    'request.invalid',
    'request.not_json',
    'resource.unknown',
    'workflow.unknown',
    'workflow.inactive',
    'source.failed',
    'service.unavailable',
  ],
  examples: [{ name: 'Parts', params: { key: 'parts' }, body: { workflow: 'part' }, status: 200 }],
  handle: async ({ params: { key }, body: { workflow }, who: { tenantId, actor }, deps }) => {
    const view = await deps.sources.get(tenantId, key)
    if (!view) throw unknownResource()
    await requireWorkflow(deps, tenantId, workflow)
    const request = { workflow, limit: SHOWN, filter: {}, force: null, onlyNew: false, dryRun: true }
    const { definition } = view
    const run = {
      id: newId(),
      name: null,
      source: key,
      origin: definition.from,
      columns: columnsOf(definition),
      request,
    }
    await deps.runs.begin(tenantId, { ...run, preview: true, actor }, null)
    const { state, error, progress } = await whenEnded(tenantId, run.id, deps)
    if (state === 'failed') throw failed(error)
    const { read, refused, faults, sample: records } = progress
    return { status: 200, body: { read, refused, faults, records } }
  },
})

/** @throws Problem `service.unavailable` where no orchestrator has done it in time */
async function whenEnded(tenantId: string, id: string, { runs, stopping }: GatewayDeps): Promise<RunView> {
  const deadline = performance.now() + LONGEST_WAIT_MS
  const isOver = () => performance.now() > deadline || stopping?.aborted === true
  while (!isOver()) {
    const view = await runs.get(tenantId, id)
    if (view && view.finishedAt !== null) return view
    await delay(LOOK_EVERY_MS)
  }
  await runs.stop(tenantId, id)
  throw new Problem('service.unavailable', 'No orchestrator has read the source in time.', {
    headers: comeBackSoon(),
    more: { reason: 'source.slow' },
  })
}

const failed = (error: RunView['error']): Problem =>
  new Problem('source.failed', error?.message ?? 'The source could not be read.', {
    more: { reason: error?.code ?? 'source.unreadable' },
  })
