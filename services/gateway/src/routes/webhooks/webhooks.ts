import { DataError, eventsBehind, newId, WEBHOOK_FORMATS, WebhookEvent, WebhookSettings } from '@stageline/domain'
import { WEBHOOK_OFF_REASONS, type WebhookView } from '@stageline/engine/ports'
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { etagOf, expectedVersion } from '../../http/etag.ts'
import { Id, IdParams } from '../../http/id.ts'
import { operation, type Answer } from '../../http/operation.ts'
import { Problem, unknownResource } from '../../http/problems.ts'
import { withoutGaps } from '../../http/without-gaps.ts'
import { EXAMPLE } from '../example-ids.ts'
import { refuseUnknownEvents } from '../triggers/triggers.ts'
import { EXAMPLE_WEBHOOK } from './examples.ts'

const shape = {
  id: Id,
  ...WebhookSettings.shape,
  version: z.number().int(),
  offReason: z.enum(WEBHOOK_OFF_REASONS).nullable().meta({
    description: 'Why it was switched off by itself: it answered 410 (`gone`), or nothing got through for three days',
  }),
  failingSince: z.string().nullable().meta({ description: 'Null while the last try was well' }),
  createdAt: z.string(),
  updatedAt: z.string(),
  updatedBy: z.string(),
}
const WebhookAnswer = z.object(shape).meta({ id: 'Webhook' })
const NewWebhookAnswer = z
  .object({
    ...shape,
    secret: z.string().meta({ description: 'What messages are signed with. It is not shown a second time.' }),
  })
  .meta({ id: 'WebhookWithSecret' })

const ChangeBody = z
  .strictObject({
    name: WebhookSettings.shape.name.optional(),
    url: WebhookSettings.shape.url.optional(),
    on: z.array(WebhookEvent).max(20).optional(),
    when: z.string().min(1).max(1000).nullable().optional().meta({ description: 'Null: always' }),
    format: z.enum(WEBHOOK_FORMATS).optional(),
    text: WebhookSettings.shape.text.nullable().meta({ description: 'Null: what it says by itself' }),
    enabled: z.boolean().optional(),
  })
  .meta({ id: 'ChangeWebhook' })

const about = { tag: 'Webhooks' } as const
const headers = { ETag: 'Names the version; send it back in `If-Match` to change exactly this one' }
const answers = { 200: { description: 'The webhook', schema: WebhookAnswer, headers } }
const IfMatch = z.object({ 'If-Match': z.string().optional() })

const show = ({ settings, ...view }: WebhookView): z.input<typeof WebhookAnswer> => ({ ...view, ...settings })
const answerWebhook = (
  status: number,
  view: WebhookView,
  more: object = {},
  also: Record<string, string> = {},
): Answer => ({
  status,
  body: { ...show(view), ...more },
  headers: { ETag: etagOf(view.id, view.version), ...also },
})

export const listWebhooks = operation({
  ...about,
  id: 'listWebhooks',
  method: 'get',
  path: '/v1/webhooks',
  summary: 'List webhooks, also those that are switched off',
  answers: {
    200: {
      description: 'The webhooks',
      schema: z.object({ items: z.array(WebhookAnswer) }).meta({ id: 'WebhookList' }),
    },
  },
  problems: [],
  examples: [{ name: 'All of them', status: 200 }],
  handle: async ({ who, deps }) => ({
    status: 200,
    body: { items: (await deps.webhooks.list(who.tenantId)).map(show) },
  }),
})

export const readWebhook = operation({
  ...about,
  id: 'getWebhook',
  method: 'get',
  path: '/v1/webhooks/{id}',
  summary: 'Read a webhook',
  params: IdParams,
  answers,
  problems: ['resource.unknown'],
  examples: [{ name: 'A webhook', params: { id: EXAMPLE.webhook }, status: 200 }],
  handle: async ({ params, who, deps }) => {
    const view = await deps.webhooks.get(who.tenantId, params.id)
    if (!view) throw unknownResource()
    return answerWebhook(200, view)
  },
})

export const addWebhook = operation({
  ...about,
  id: 'addWebhook',
  method: 'post',
  path: '/v1/webhooks',
  summary: 'Have an address told of what happens',
  description:
    'Entries of histories from now on are posted to it as JSON (`type`, `timestamp`, `data`), signed as Standard Webhooks say, at least once and those of a job, task or plan in their order. Anything but a 2xx answer is tried again for three days, later each time. Without `on` it is told only what triggers send.',
  body: { type: 'application/json', schema: WebhookSettings },
  answers: {
    201: {
      description: 'The new webhook, with its secret',
      schema: NewWebhookAnswer,
      headers: { ...headers, Location: 'Address of the webhook' },
    },
  },
  problems: ['request.invalid', 'request.not_json', 'webhook.target_refused'],
  examples: [
    { name: 'What people have to look at', body: EXAMPLE_WEBHOOK, status: 201 },
    {
      name: 'A line in Slack for each failure',
      body: {
        name: 'Slack',
        url: 'https://hooks.slack.com/services/T000/B000/XXXX',
        on: ['job.step'],
        when: 'entry.to == "suspended"',
        format: 'slack',
        text: 'Workflow {entry.workflow} {entry.jobId} failed: {entry.code}',
      },
      status: 201,
    },
    { name: 'Not a public address', body: { ...EXAMPLE_WEBHOOK, url: 'https://db.internal/' }, status: 422 },
  ],
  handle: async ({ body, who, deps }) => {
    await refuseUnfit(body, deps.checkTarget)
    const [id, secret] = [newId(), newSecret()]
    const view = await deps.webhooks.add(who.tenantId, { id, settings: body, secret, actor: who.actor })
    return answerWebhook(201, view, { secret }, { Location: `/v1/webhooks/${id}` })
  },
})

export const changeWebhook = operation({
  ...about,
  id: 'changeWebhook',
  method: 'patch',
  path: '/v1/webhooks/{id}',
  summary: 'Change a webhook, or switch it off and on',
  description:
    'What is not named stays. While it is switched off nothing is noted for it; what waited is sent when it is switched on again.',
  params: IdParams,
  headers: IfMatch,
  body: { type: 'application/json', schema: ChangeBody },
  answers,
  problems: ['request.invalid', 'request.not_json', 'resource.unknown', 'webhook.changed', 'webhook.target_refused'],
  examples: [
    { name: 'Switch it off', params: { id: EXAMPLE.webhook }, body: { enabled: false }, status: 200 },
    {
      name: 'Changed meanwhile',
      params: { id: EXAMPLE.webhook },
      headers: { 'If-Match': `"${EXAMPLE.webhook}-999"` },
      body: { enabled: true },
      status: 412,
    },
  ],
  handle: async ({ params: { id }, body, who, request, deps }) => {
    const before = await deps.webhooks.get(who.tenantId, id)
    if (!before) throw unknownResource()
    const wanted = expectedVersion(request, id, 'webhook.changed')
    if (wanted !== null && wanted !== before.version) throw changedMeanwhile()
    const settings = changed(before.settings, body)
    await refuseUnfit(settings, deps.checkTarget)
    const change = { id, settings, actor: who.actor, ifVersion: before.version }
    const after = await deps.webhooks.change(who.tenantId, change)
    if (after === 'changed') throw changedMeanwhile()
    return answerWebhook(200, after)
  },
})

export const removeWebhook = operation({
  ...about,
  id: 'deleteWebhook',
  method: 'delete',
  path: '/v1/webhooks/{id}',
  summary: 'Remove a webhook and its log',
  description: 'What waits is not sent any more.',
  params: IdParams,
  headers: IfMatch,
  answers: { 204: { description: 'It is gone' } },
  problems: ['resource.unknown', 'webhook.changed'],
  examples: [{ name: 'A webhook', params: { id: EXAMPLE.webhook }, status: 204 }],
  handle: async ({ params: { id }, who, request, deps }) => {
    const version = expectedVersion(request, id, 'webhook.changed')
    const outcome = await deps.webhooks.remove(who.tenantId, id, version)
    if (outcome === 'unknown') throw unknownResource()
    if (outcome === 'conflict') throw changedMeanwhile()
    return { status: 204 }
  },
})

export const renewWebhookSecret = operation({
  ...about,
  id: 'renewWebhookSecret',
  method: 'post',
  path: '/v1/webhooks/{id}:renew-secret',
  summary: 'Give a webhook a new secret',
  description: 'For 24 hours messages are signed with the old one, too, so that the receiver can change over.',
  params: IdParams,
  answers: { 200: { description: 'The webhook, with its new secret', schema: NewWebhookAnswer, headers } },
  problems: ['resource.unknown'],
  examples: [{ name: 'A webhook', params: { id: EXAMPLE.webhook }, status: 200 }],
  handle: async ({ params, who, deps }) => {
    const secret = newSecret()
    const view = await deps.webhooks.renewSecret(who.tenantId, params.id, secret, who.actor)
    if (!view) throw unknownResource()
    return answerWebhook(200, view, { secret })
  },
})

const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`

/** @throws Problem for settings that do not fit together */
function changed(before: WebhookSettings, said: z.output<typeof ChangeBody>): WebhookSettings {
  const named = Object.entries({ ...before, ...withoutGaps(said) }).filter(([, value]) => value !== null)
  const parsed = WebhookSettings.safeParse(Object.fromEntries(named))
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.map(({ path, message }) => ({ pointer: `/${path.join('/')}`, detail: message }))
  throw new Problem('request.invalid', errors[0]?.detail ?? 'It does not fit', { errors })
}

async function refuseUnfit(settings: WebhookSettings, checkTarget: (url: string) => Promise<void>): Promise<void> {
  refuseUnknownEvents({ on: eventsBehind(settings.on) })
  try {
    await checkTarget(settings.url)
  } catch (error) {
    if (error instanceof DataError) throw new Problem('webhook.target_refused', error.message)
    throw error
  }
}

const changedMeanwhile = (): Problem => new Problem('webhook.changed', 'It has another version by now.')
