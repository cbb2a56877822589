import { newId, type TriggerEntry } from '@stageline/domain'
import { DELIVERY_STATES, type DeliveryView } from '@stageline/engine/ports'
import { z } from 'zod'
import { Id, IdParams } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { answerPage, pageOf, PageQuery } from '../../http/page.ts'
import { unknownResource } from '../../http/problems.ts'
import { withoutGaps } from '../../http/without-gaps.ts'
import { EXAMPLE } from '../example-ids.ts'
import { EntryAnswer } from '../triggers/log.ts'
import { NOTHING } from './examples.ts'

const AttemptAnswer = z.object({
  at: z.string(),
  status: z.number().int().nullable().meta({ description: 'Null: nobody answered' }),
  durationMs: z.number().int(),
  answer: z.string().nullable().meta({ description: 'Its beginning, up to 1 kB' }),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
})

const DeliveryAnswer = z
  .object({
    id: Id.meta({ description: 'Sent as `webhook-id`, the same with every try and every replay' }),
    webhookId: Id,
    type: z.string(),
    cause: z.string().meta({ description: '`event`, `test`, or the trigger that sends it, as `trigger:key`' }),
    state: z.enum(DELIVERY_STATES),
    tries: z.number().int(),
    attempts: z.array(AttemptAnswer).meta({ description: 'The last 20, oldest first' }),
    nextTryAt: z.string().nullable(),
    entry: EntryAnswer,
    createdAt: z.string(),
    finishedAt: z.string().nullable(),
  })
  .meta({ id: 'WebhookDelivery' })

const show = ({ attempts, ...view }: DeliveryView): z.input<typeof DeliveryAnswer> => ({
  ...view,
  attempts: [...attempts],
})

const about = { tag: 'Webhooks' } as const
const DeliveryParams = z.strictObject({ id: Id, deliveryId: Id })
const example = { id: EXAMPLE.webhook, deliveryId: EXAMPLE.delivery }

export const listDeliveries = operation({
  ...about,
  id: 'listDeliveries',
  method: 'get',
  path: '/v1/webhooks/{id}/deliveries',
  summary: 'Read what was sent, newest entry first',
  description: 'With every try: when, what was answered, how long it took. Kept for 30 days.',
  params: IdParams,
  query: z.strictObject({ state: z.enum(DELIVERY_STATES).optional(), ...PageQuery }),
  answers: { 200: { description: 'A page of its log', schema: pageOf(DeliveryAnswer).meta({ id: 'DeliveryPage' }) } },
  problems: ['request.invalid', 'request.bad_cursor', 'resource.unknown'],
  examples: [
    { name: 'What has failed', params: { id: EXAMPLE.webhook }, query: { state: 'failed' }, status: 200 },
    { name: 'Of none', params: { id: EXAMPLE.job }, status: 404 },
  ],
  handle: async ({ params: { id }, query: { cursor, limit, state }, who, request, deps }) => {
    if (!(await deps.webhooks.get(who.tenantId, id))) throw unknownResource()
    const page = cursor === undefined ? { limit } : { cursor, limit }
    return answerPage(request, await deps.webhooks.deliveries(who.tenantId, id, withoutGaps({ state }), page), show)
  },
})

export const readDelivery = operation({
  ...about,
  id: 'getDelivery',
  method: 'get',
  path: '/v1/webhooks/{id}/deliveries/{deliveryId}',
  summary: 'Read one delivery',
  params: DeliveryParams,
  answers: { 200: { description: 'The delivery', schema: DeliveryAnswer } },
  problems: ['resource.unknown'],
  examples: [{ name: 'A delivery', params: example, status: 200 }],
  handle: async ({ params: { id, deliveryId }, who, deps }) => {
    const view = await deps.webhooks.delivery(who.tenantId, id, deliveryId)
    if (!view) throw unknownResource()
    return { status: 200, body: show(view) }
  },
})

export const replayDelivery = operation({
  ...about,
  id: 'replayDelivery',
  method: 'post',
  path: '/v1/webhooks/{id}/deliveries/{deliveryId}:replay',
  summary: 'Send a delivery again',
  description: 'The same body under the same id, signed anew, tried as if for the first time.',
  params: DeliveryParams,
  answers: { 202: { description: 'It is sent next', schema: DeliveryAnswer } },
  problems: ['resource.unknown'],
  examples: [{ name: 'A delivery', params: example, status: 202 }],
  handle: async ({ params: { id, deliveryId }, who, deps }) => {
    const view = await deps.webhooks.replay(who.tenantId, id, deliveryId)
    if (!view) throw unknownResource()
    return { status: 202, body: show(view) }
  },
})

const MOST_REPLAYED = 10_000
const Time = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString())

export const replayWebhook = operation({
  ...about,
  id: 'replayWebhook',
  method: 'post',
  path: '/v1/webhooks/{id}:replay',
  summary: 'Send again what happened in a time',
  description: `The oldest ${MOST_REPLAYED} whose entries are from then, except what waits; where \`more\` is true, ask again with \`until\` as \`from\`.`,
  params: IdParams,
  body: {
    type: 'application/json',
    schema: z
      .strictObject({
        from: Time,
        to: Time.meta({ description: 'The first moment that does not belong to it' }),
        state: z.enum(['failed', 'delivered']).optional().meta({ description: 'Without it both' }),
      })
      .meta({ id: 'ReplayWebhook' }),
  },
  answers: {
    202: {
      description: 'How many are sent again',
      schema: z
        .object({ replayed: z.number().int(), more: z.boolean(), until: z.string().nullable() })
        .meta({ id: 'ReplayedWebhook' }),
    },
  },
  problems: ['request.invalid', 'request.not_json', 'resource.unknown'],
  examples: [
    {
      name: 'What has failed in an hour',
      params: { id: EXAMPLE.webhook },
      body: { from: '2026-11-20T11:00:00Z', to: '2026-11-20T12:00:00Z', state: 'failed' },
      status: 202,
    },
  ],
  handle: async ({ params: { id }, body: { from, to, state = null }, who, deps }) => {
    if (!(await deps.webhooks.get(who.tenantId, id))) throw unknownResource()
    const range = { from, to, state, limit: MOST_REPLAYED }
    const { replayed, until } = await deps.webhooks.replayAll(who.tenantId, id, range)
    return { status: 202, body: { replayed, more: replayed === MOST_REPLAYED, until } }
  },
})

export const testWebhook = operation({
  ...about,
  id: 'testWebhook',
  method: 'post',
  path: '/v1/webhooks/{id}:test',
  summary: 'Send a message that tells of nothing',
  description: 'Of type `webhook.test`, also while the webhook is switched off. Its delivery says how it went.',
  params: IdParams,
  answers: {
    202: {
      description: 'It is sent next',
      schema: DeliveryAnswer,
      headers: { Location: 'Address of the delivery' },
    },
  },
  problems: ['resource.unknown'],
  examples: [{ name: 'A webhook', params: { id: EXAMPLE.webhook }, status: 202 }],
  handle: async ({ params: { id }, who: { tenantId, actor }, deps }) => {
    if (!(await deps.webhooks.get(tenantId, id))) throw unknownResource()
    const about = { tenantId, id: newId(), webhookId: id, type: 'webhook.test', cause: 'test' }
    const entry = testEntry(id, deps.now().toISOString(), actor)
    const view = await deps.webhooks.send(tenantId, { ...about, entry, state: 'waiting', attempts: [] })
    const headers = { Location: `/v1/webhooks/${id}/deliveries/${view.id}` }
    return { status: 202, body: show(view), headers }
  },
})

const testEntry = (subjectId: string, at: string, actor: string): TriggerEntry => ({
  ...NOTHING,
  subject: 'webhook',
  subjectId,
  seq: 0,
  at,
  event: 'test',
  to: 'test',
  actor,
})
