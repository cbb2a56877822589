import { HISTORY_EVENTS, TriggerDefinition, TriggerKey } from '@stageline/domain'
import { DESK_EVENTS, type TriggerView } from '@stageline/engine/ports'
import { z } from 'zod'
import { etagOf, expectedVersion } from '../../http/etag.ts'
import { operation } from '../../http/operation.ts'
import { Problem, unknownResource } from '../../http/problems.ts'

export const TriggerParams = z.strictObject({ key: TriggerKey })

const TriggerAnswer = z
  .object({
    key: z.string(),
    version: z.number().int(),
    definition: TriggerDefinition,
    createdAt: z.string(),
    updatedAt: z.string(),
    updatedBy: z.string(),
  })
  .meta({ id: 'Trigger' })

const show = (view: TriggerView): z.input<typeof TriggerAnswer> => ({ key: view.definition.key, ...view })
const headers = { ETag: 'Names the version; send it back in `If-Match` to change exactly this one' }
const tagOf = ({ definition: { key }, version }: TriggerView) => ({ ETag: etagOf(key, version) })
const IfHeaders = z.object({ 'If-Match': z.string().optional(), 'If-None-Match': z.string().optional() })

export const EXAMPLE_TRIGGER = {
  key: 'invoice-failed',
  name: 'Tell once for each reason why documents fail',
  on: ['job.step'],
  when: 'entry.to == "suspended" && entry.workflow == "document"',
  actions: [
    { kind: 'emit_alert', level: 'warning', title: 'Documents wait: {entry.code}', group: '{entry.code}' },
    { kind: 'create_task', type: 'review', title: 'Ask the sender of {entry.businessKey}', priority: 0.6 },
  ],
  enabled: true,
} as const

export const listTriggers = operation({
  id: 'listTriggers',
  method: 'get',
  path: '/v1/triggers',
  tag: 'Triggers',
  summary: 'List triggers, also those that are not in use',
  answers: {
    200: {
      description: 'The triggers, by their keys',
      schema: z.object({ items: z.array(TriggerAnswer) }).meta({ id: 'TriggerList' }),
    },
  },
  problems: [],
  examples: [{ name: 'All triggers', status: 200 }],
  handle: async ({ who, deps }) => ({
    status: 200,
    body: { items: (await deps.triggers.list(who.tenantId)).map(show) },
  }),
})

export const readTrigger = operation({
  id: 'getTrigger',
  method: 'get',
  path: '/v1/triggers/{key}',
  tag: 'Triggers',
  summary: 'Read a trigger',
  params: TriggerParams,
  answers: { 200: { description: 'The trigger', schema: TriggerAnswer, headers } },
  problems: ['resource.unknown'],
  examples: [
    { name: 'A trigger', params: { key: EXAMPLE_TRIGGER.key }, status: 200 },
    { name: 'None of that name', params: { key: 'nothing' }, status: 404 },
  ],
  handle: async ({ params, who, deps }) => {
    const view = await deps.triggers.get(who.tenantId, params.key)
    if (!view) throw unknownResource()
    return { status: 200, body: show(view), headers: tagOf(view) }
  },
})

export const saveTrigger = operation({
  id: 'putTrigger',
  method: 'put',
  path: '/v1/triggers/{key}',
  tag: 'Triggers',
  summary: 'Say what to do when something happens',
  description:
    'Entries of the histories of jobs, tasks and plans that come from now on are held against it, in the order of their commits; each that fits makes its actions happen once. `entry` has what happened (`event`, `from`, `to`, `actor`, `reason`, `data`, `code`, `message`) and what about (`subject`, `subjectId`, `jobId`, `workflow`, `step`, `stage`, `businessKey`, `planId`, `taskType`, `cause`, `title`, `serviceArea`, `priority`). `If-Match` changes only the version that was read, `If-None-Match: *` only makes what is not there.',
  params: TriggerParams,
  headers: IfHeaders,
  body: { type: 'application/json', schema: TriggerDefinition },
  answers: {
    200: { description: 'The trigger as it is now', schema: TriggerAnswer, headers },
    201: { description: 'The new trigger', schema: TriggerAnswer, headers },
  },
  problems: ['request.invalid', 'request.not_json', 'trigger.changed'],
  examples: [
    { name: 'An alert and a task', params: { key: EXAMPLE_TRIGGER.key }, body: EXAMPLE_TRIGGER, status: 200 },
    {
      name: 'A job after another',
      params: { key: 'part-after-document' },
      body: {
        key: 'part-after-document',
        on: ['job.step'],
        when: 'entry.to == "completed" && entry.workflow == "document"',
        actions: [{ kind: 'submit_job', workflow: 'part', input: { record: { mpn: '{entry.businessKey}' } } }],
      },
      status: 201,
    },
    {
      name: 'A predicate that does not parse',
      params: { key: 'broken' },
      body: { ...EXAMPLE_TRIGGER, key: 'broken', when: 'entry.to ==' },
      status: 400,
    },
    {
      name: 'Changed meanwhile',
      params: { key: EXAMPLE_TRIGGER.key },
      headers: { 'If-Match': `"${EXAMPLE_TRIGGER.key}-999"` },
      body: EXAMPLE_TRIGGER,
      status: 412,
    },
  ],
  handle: async ({ params: { key }, body, who, request, deps: { triggers, webhooks } }) => {
    if (body.key !== key) throw invalid('/key', `The address says "${key}".`)
    refuseUnknownEvents(body)
    await refuseUnknownWebhooks(body, (id) => webhooks.get(who.tenantId, id))
    const saved = await triggers.put(who.tenantId, body, who.actor, expectedVersion(request, key, 'trigger.changed'))
    if (saved === 'conflict') throw changed(key)
    const view = await triggers.get(who.tenantId, key)
    if (!view) throw unknownResource()
    return { status: saved.version === 1 ? 201 : 200, body: show(view), headers: tagOf(view) }
  },
})

export const removeTrigger = operation({
  id: 'deleteTrigger',
  method: 'delete',
  path: '/v1/triggers/{key}',
  tag: 'Triggers',
  summary: 'Remove a trigger',
  description:
    'What it has fired for already is still done. A built-in one comes back with the next version of Stageline: rather save it with `"enabled": false`.',
  params: TriggerParams,
  headers: IfHeaders,
  answers: { 204: { description: 'It is gone' } },
  problems: ['resource.unknown', 'trigger.changed'],
  examples: [
    { name: 'A trigger', params: { key: EXAMPLE_TRIGGER.key }, status: 204 },
    { name: 'None of that name', params: { key: 'nothing' }, status: 404 },
  ],
  handle: async ({ params: { key }, who, request, deps: { triggers } }) => {
    const outcome = await triggers.remove(who.tenantId, key, expectedVersion(request, key, 'trigger.changed'))
    if (outcome === 'unknown') throw unknownResource()
    if (outcome === 'conflict') throw changed(key)
    return { status: 204 }
  },
})

/** All that is ever told, by what it is about. */
export const EVENTS_OF: Readonly<Record<string, readonly string[]>> = {
  job: HISTORY_EVENTS,
  task: DESK_EVENTS,
  plan: ['opened', 'moved'],
}

/** @throws Problem for an event that never comes. */
export function refuseUnknownEvents({ on }: Pick<TriggerDefinition, 'on'>): void {
  for (const [at, name] of on.entries()) {
    const [subject = '', event = ''] = name.split('.')
    const known = EVENTS_OF[subject] ?? []
    if (event !== '*' && !known.includes(event))
      throw invalid(`/on/${at}`, `There is no "${name}"; of ${subject}s there are ${known.join(', ')}.`)
  }
}

async function refuseUnknownWebhooks(
  { actions }: TriggerDefinition,
  find: (id: string) => Promise<unknown>,
): Promise<void> {
  for (const [at, action] of actions.entries())
    if (action.kind === 'webhook' && !(await find(action.webhook)))
      throw invalid(`/actions/${at}/webhook`, 'There is no such webhook; make it first, with `POST /v1/webhooks`.')
}

function invalid(pointer: string, detail: string): Problem {
  return new Problem('request.invalid', detail, { errors: [{ pointer, detail }] })
}

const changed = (key: string): Problem =>
  new Problem('trigger.changed', `"${key}" is no longer at the version that the request names.`)
