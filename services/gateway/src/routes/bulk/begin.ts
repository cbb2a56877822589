import { newId, type JobState } from '@stageline/domain'
import { statesOfBulk } from '@stageline/engine'
import type { BulkKind, NewBulkAction } from '@stageline/engine/ports'
import { z } from 'zod'
import { fingerprint, IdempotencyHeader, idempotencyKey } from '../../http/idempotency.ts'
import { operation, type Answer, type Call, type Example } from '../../http/operation.ts'
import { Problem, unknownResource } from '../../http/problems.ts'
import { showJobRow } from '../jobs/job-answer.ts'
import { toFilter } from '../jobs/job-filter.ts'
import { BulkActionAnswer, BulkCountAnswer, BulkFilter, showBulkAction, showCount } from './bulk-answer.ts'

const SHOWN = 20

const reason = z.string().trim().min(1).max(1000).meta({ description: 'Stands in the history of each job' })
const dryRun = z
  .boolean()
  .default(false)
  .meta({ description: 'Says how many jobs would be chosen, and changes nothing' })
const BulkBody = z.strictObject({ filter: BulkFilter, reason: reason.optional(), dryRun })
const BulkSuspendBody = z.strictObject({ filter: BulkFilter, reason, dryRun })

const bulkOperation = (kind: BulkKind, summary: string, does: string, examples: readonly Example[]) =>
  operation({
    id: `${kind}Jobs`,
    method: 'post',
    path: `/v1/jobs:${kind}`,
    tag: 'Jobs',
    summary,
    description: `${does} Meant are the jobs that fit the filter when it is asked for; of those only the ones that are ${statesOfBulk(kind).join(', ')}. An orchestrator works through them; a job that has moved on by then is skipped. Follow it at \`Location\`, or by \`/v1/events?bulkAction=…\`; \`dryRun\` counts first.`,
    headers: IdempotencyHeader,
    body: { type: 'application/json', schema: kind === 'suspend' ? BulkSuspendBody : BulkBody },
    answers: {
      200: { description: 'Of a dry run: what would be chosen', schema: BulkCountAnswer },
      202: {
        description: 'It goes on from now on, or the same request came before',
        schema: BulkActionAnswer,
        headers: { Location: 'Where to see how far it is', 'Idempotency-Replayed': '`true` where it came before' },
      },
    },
    problems: ['request.invalid', 'request.not_json', 'request.bad_key', 'idempotency.other_body'],
    examples,
    handle: (call) => begin(kind, call),
  })

export const cancelJobs = bulkOperation('cancel', 'End all jobs that fit a filter', 'As `:cancel` of each of them.', [
  { name: 'How many', body: { filter: { batch: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6081' }, dryRun: true }, status: 200 },
  { name: 'A workflow', body: { filter: { workflow: 'part' }, reason: 'Sent twice' }, status: 202 },
  { name: 'Without a filter', body: { filter: {} }, status: 400 },
])

export const retryJobs = bulkOperation(
  'retry',
  'Queue the failed steps of all jobs that fit a filter again',
  'As `:retry` of each of them; what has ended is not replayed.',
  [
    {
      name: 'What failed alike',
      body: { filter: { errorCode: 'provider.unavailable' }, reason: 'It is back' },
      status: 202,
    },
    { name: 'What has ended', body: { filter: { state: ['completed'] } }, status: 400 },
  ],
)

export const resumeJobs = bulkOperation(
  'resume',
  'Let all suspended jobs that fit a filter go on',
  'As `:retry` of each of them, but of suspended ones only.',
  [{ name: 'A batch', body: { filter: { batch: '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6081' } }, status: 202 }],
)

export const suspendJobs = bulkOperation(
  'suspend',
  'Give all jobs that fit a filter to people',
  'As `:suspend` of each of them, with a task for each.',
  [
    {
      name: 'A source',
      body: { filter: { source: 'parts', priority: 'low' }, reason: 'The source sends wrong prices' },
      status: 202,
    },
    { name: 'Without a reason', body: { filter: { source: 'parts' } }, status: 400 },
  ],
)

type BulkCall = Call<unknown, unknown, z.output<typeof BulkBody>>

async function begin(kind: BulkKind, { body, who, request, deps }: BulkCall): Promise<Answer> {
  const filter = { ...toFilter(body.filter), state: statesFor(kind, body.filter.state) }
  if (body.dryRun) {
    const [counted, { items }] = await Promise.all([
      deps.bulk.count(who.tenantId, filter),
      deps.reader.jobs(who.tenantId, filter, { limit: SHOWN }),
    ])
    return { status: 200, body: { ...showCount(counted), sample: items.map(showJobRow) } }
  }
  const key = idempotencyKey(request)
  const idempotency = key === undefined ? null : { key, fingerprint: fingerprint({ kind, ...body }) }
  const action: NewBulkAction = { id: newId(), kind, filter, reason: body.reason ?? null, actor: who.actor }
  const begun = await deps.bulk.begin(who.tenantId, action, idempotency)
  if (begun.kind === 'other_body')
    throw new Problem('idempotency.other_body', 'The key belongs to another request.', {
      more: { bulkActionId: begun.id },
    })
  const view = await deps.bulk.get(who.tenantId, begun.id)
  if (!view) throw unknownResource()
  const replayed = begun.kind === 'replayed' ? { 'Idempotency-Replayed': 'true' } : {}
  const headers = { Location: `/v1/bulk-actions/${begun.id}`, ...replayed }
  return { status: 202, body: showBulkAction(view, deps.now()), headers }
}

/** @throws Problem `request.invalid` for a state in which nothing of the kind can be done */
function statesFor(kind: BulkKind, asked: readonly JobState[] | undefined): readonly JobState[] {
  const possible = statesOfBulk(kind)
  const other = asked?.find((state) => !possible.includes(state))
  if (other === undefined) return asked ?? possible
  const detail = `Jobs that are ${other} cannot be meant: only ${possible.join(', ')}.`
  throw new Problem('request.invalid', detail, { errors: [{ pointer: '/filter/state', detail }] })
}
