import { ALERT_LEVELS } from '@stageline/domain'
import type { AlertView } from '@stageline/engine/ports'
import { z } from 'zod'
import { Id, IdParams } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { answerPage, pageOf, PageQuery } from '../../http/page.ts'
import { unknownResource } from '../../http/problems.ts'
import { withoutGaps } from '../../http/without-gaps.ts'
import { EXAMPLE } from '../example-ids.ts'

const AlertAnswer = z
  .object({
    id: Id,
    level: z.enum(ALERT_LEVELS),
    title: z.string(),
    detail: z.string().nullable(),
    raisedBy: z.string().meta({
      description: 'The trigger, as `trigger:plan-activated`; a shipped rule, as `rule:stuck`; or `webhooks`',
    }),
    subject: z
      .string()
      .meta({ description: 'What the newest of them is about: `job`, `task`, `plan`, `webhook` or `workflow`' }),
    subjectId: Id.meta({ description: 'Of a workflow, which has none: always the same one' }),
    count: z
      .number()
      .int()
      .meta({ description: 'How often it was raised; equal ones are one until it is acknowledged' }),
    firstAt: z.string(),
    lastAt: z.string(),
    acknowledgedAt: z.string().nullable(),
    acknowledgedBy: z.string().nullable(),
  })
  .meta({ id: 'Alert' })

const show = (alert: AlertView): z.input<typeof AlertAnswer> => alert

export const listAlerts = operation({
  id: 'listAlerts',
  method: 'get',
  path: '/v1/alerts',
  tag: 'Alerts',
  summary: 'List alerts, newest first',
  query: z.strictObject({
    state: z.enum(['open', 'acknowledged']).optional(),
    level: z.enum(ALERT_LEVELS).optional(),
    ...PageQuery,
  }),
  answers: { 200: { description: 'A page of alerts', schema: pageOf(AlertAnswer).meta({ id: 'AlertPage' }) } },
  problems: ['request.invalid', 'request.bad_cursor'],
  examples: [{ name: 'What nobody has seen', query: { state: 'open' }, status: 200 }],
  handle: async ({ query: { cursor, limit, ...filter }, who, request, deps }) => {
    const page = cursor === undefined ? { limit } : { cursor, limit }
    return answerPage(request, await deps.alerts.alerts(who.tenantId, withoutGaps(filter), page), show)
  },
})

export const acknowledgeAlert = operation({
  id: 'acknowledgeAlert',
  method: 'post',
  path: '/v1/alerts/{id}:acknowledge',
  tag: 'Alerts',
  summary: 'Say that an alert was seen',
  description: 'Who was first stays. The next equal one is a new alert.',
  params: IdParams,
  answers: { 200: { description: 'The alert', schema: AlertAnswer } },
  problems: ['resource.unknown'],
  examples: [{ name: 'An alert', params: { id: EXAMPLE.alert }, status: 200 }],
  handle: async ({ params, who, deps }) => {
    const alert = await deps.alerts.acknowledge(who.tenantId, params.id, who.actor)
    if (!alert) throw unknownResource()
    return { status: 200, body: show(alert) }
  },
})
