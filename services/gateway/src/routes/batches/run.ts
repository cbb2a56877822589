import { Route, SourceKey, type RecordMapping, type SourceDefinition } from '@stageline/domain'
import { z } from 'zod'
import type { GatewayDeps } from '../../gateway-deps.ts'
import { IdempotencyHeader } from '../../http/idempotency.ts'
import { operation } from '../../http/operation.ts'
import { Problem } from '../../http/problems.ts'
import { requireWorkflow } from '../jobs/submit-body.ts'
import { beginBatch, BEGUN_ANSWERS } from './begin.ts'
import { FilterBody } from './run-answer.ts'

export const RunLimit = z.number().int().min(1).max(10_000_000)

const RunBody = z
  .strictObject({
    source: SourceKey,
    workflow: z.string().min(1).max(63),
    name: z.string().min(1).max(200).optional().meta({ description: 'A name for the batch' }),
    limit: RunLimit.optional().meta({ description: 'So many jobs at most' }),
    filter: FilterBody.default({}),
    force: Route.optional().meta({ description: 'Chooses the route of all instead of the policy' }),
    onlyNew: z.boolean().optional().meta({
      description: 'Only what is beyond the mark of the source, which moves on; default where it has a markColumn',
    }),
    dryRun: z.boolean().default(false).meta({ description: 'Says what would come of it, and submits nothing' }),
  })
  .meta({ id: 'RunBatch' })

export const runBatch = operation({
  id: 'runBatch',
  method: 'post',
  path: '/v1/batches',
  tag: 'Batches',
  summary: 'Make a batch of the records of a source',
  description:
    'An orchestrator reads the source and submits its records in pieces. When its process ends another one goes on, and nothing is submitted twice. With a mark a repeated run takes only what is new: what a filter leaves out counts as seen. Follow it at `Location`, or by `/v1/events?batch=…`.',
  headers: IdempotencyHeader,
  body: { type: 'application/json', schema: RunBody },
  answers: BEGUN_ANSWERS,
  problems: [
    'request.invalid',
    'request.not_json',
    'request.bad_key',
    'source.unknown',
    'workflow.unknown',
    'workflow.inactive',
    'batch.under_way',
    'idempotency.other_body',
  ],
  examples: [
    {
      name: 'A hundred with a high priority',
      body: { source: 'parts', workflow: 'part', limit: 100, filter: { minPriority: 0.7 } },
      status: 202,
    },
    {
      name: 'What would come of it, by people only',
      body: { source: 'parts', workflow: 'part', limit: 20, force: 'person', dryRun: true },
      status: 202,
    },
    { name: 'A source that nobody made', body: { source: 'nothing', workflow: 'part' }, status: 422 },
  ],
  handle: async ({ body, who, request, deps }) => {
    const definition = await sourceOf(body.source, who.tenantId, deps)
    await requireWorkflow(deps, who.tenantId, body.workflow)
    const { source, name = null, workflow, limit = null, filter, force = null, dryRun } = body
    const onlyNew = body.onlyNew ?? definition.markColumn !== undefined
    if (onlyNew && definition.markColumn === undefined) throw noMark(source)
    const wanted = { workflow, limit, filter, force, onlyNew, dryRun }
    const run = { name, source, origin: definition.from, columns: columnsOf(definition), request: wanted }
    return beginBatch(run, { request, who, deps, body })
  },
})

/** @throws Problem `source.unknown` */
async function sourceOf(key: string, tenantId: string, { sources }: GatewayDeps): Promise<SourceDefinition> {
  const view = await sources.get(tenantId, key)
  if (view) return view.definition
  const known = (await sources.list(tenantId)).map(({ definition }) => definition.key).join(', ')
  const errors = [
    { pointer: '/source', detail: known === '' ? 'There are no sources yet.' : `Known sources: ${known}` },
  ]
  throw new Problem('source.unknown', `There is no source "${key}".`, { errors })
}

export const columnsOf = ({ mapping, keyColumn, priorityColumn, markColumn }: SourceDefinition): RecordMapping => ({
  mapping,
  keyColumn,
  priorityColumn,
  markColumn,
})

function noMark(source: string): Problem {
  const detail = `"${source}" has no markColumn, by which new records are told: name one, or leave onlyNew out.`
  return new Problem('request.invalid', detail, { errors: [{ pointer: '/onlyNew', detail }] })
}
