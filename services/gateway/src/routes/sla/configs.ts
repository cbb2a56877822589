import { newId, PRIORITY_LEVELS, priorityOf, type SlaSettings } from '@stageline/domain'
import type { SavedSla, SlaConfigView } from '@stageline/engine/ports'
import { z } from 'zod'
import { etagOf } from '../../http/etag.ts'
import { Id, IdParams } from '../../http/id.ts'
import { operation, type Answer } from '../../http/operation.ts'
import { Problem, unknownResource } from '../../http/problems.ts'
import { withoutGaps } from '../../http/without-gaps.ts'
import { EXAMPLE } from '../example-ids.ts'
import { Name } from '../tasks/act.ts'

const LONGEST_MS = 366 * 86_400_000

export const SlaConfigAnswer = z
  .object({
    id: Id,
    taskType: z.string().nullable().meta({ description: 'Null fits all' }),
    serviceArea: z.string().nullable(),
    workflow: z.string().nullable(),
    limitMs: z.number().int(),
    atRiskShare: z.number(),
    pausesWhileBlocked: z.boolean(),
    escalatePriority: z.number().nullable(),
    escalateGroup: z.string().nullable(),
    active: z.boolean(),
    version: z.number().int(),
    changedBy: z.string(),
    createdAt: z.string(),
    changedAt: z.string(),
  })
  .meta({ id: 'SlaConfig' })

const scope = {
  taskType: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,62}$/)
    .nullable()
    .optional(),
  serviceArea: Name.nullable().optional(),
  workflow: z.string().max(63).nullable().optional(),
}
const LimitMs = z.number().int().min(1_000).max(LONGEST_MS).meta({ description: 'The time that is promised, ms' })
const rules = {
  atRiskShare: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({ description: 'From this share of the time on it is at risk' }),
  pausesWhileBlocked: z.boolean().optional().meta({ description: 'The clock stands while the task is blocked' }),
  escalatePriority: z
    .union([z.number().min(0).max(1), z.enum(PRIORITY_LEVELS)])
    .nullable()
    .optional()
    .meta({ description: 'A task that is late gets at least this priority' }),
  escalateGroup: Name.nullable().optional().meta({ description: 'A task that is late goes to this group' }),
  active: z.boolean().optional(),
}
const AddBody = z.strictObject({ ...scope, limitMs: LimitMs, ...rules }).meta({ id: 'AddSlaConfig' })
const ChangeBody = z.strictObject({ ...scope, limitMs: LimitMs.optional(), ...rules }).meta({ id: 'ChangeSlaConfig' })

const about = { tag: 'SLA' } as const
const headers = { ETag: 'Names the version; send it back in `If-Match` to change exactly this one' }
const answers = { 200: { description: 'The config', schema: SlaConfigAnswer, headers } }

export const listSlaConfigs = operation({
  ...about,
  id: 'listSlaConfigs',
  method: 'get',
  path: '/v1/sla-configs',
  summary: 'List the promises of time for tasks',
  description: 'Of those that fit a task the one that says most about it counts, then the shortest.',
  answers: {
    200: {
      description: 'The configs',
      schema: z.object({ items: z.array(SlaConfigAnswer) }).meta({ id: 'SlaConfigList' }),
    },
  },
  problems: [],
  examples: [{ name: 'All of them', status: 200 }],
  handle: async ({ who, deps }) => ({ status: 200, body: { items: await deps.sla.configs(who.tenantId) } }),
})

export const readSlaConfig = operation({
  ...about,
  id: 'getSlaConfig',
  method: 'get',
  path: '/v1/sla-configs/{id}',
  summary: 'Read one promise of time',
  params: IdParams,
  answers,
  problems: ['resource.unknown'],
  examples: [{ name: 'A config', params: { id: EXAMPLE.slaConfig }, status: 200 }],
  handle: async ({ params, who, deps }) => {
    const config = await deps.sla.config(who.tenantId, params.id)
    if (!config) throw unknownResource()
    return answerConfig(200, config)
  },
})

export const addSlaConfig = operation({
  ...about,
  id: 'addSlaConfig',
  method: 'post',
  path: '/v1/sla-configs',
  summary: 'Promise a time for tasks',
  description: 'For tasks that are opened from now on. What is left out fits all.',
  body: { type: 'application/json', schema: AddBody },
  answers: {
    201: {
      description: 'The new config',
      schema: SlaConfigAnswer,
      headers: { ...headers, Location: 'Address of the config' },
    },
  },
  problems: ['request.invalid', 'request.not_json', 'sla.exists'],
  examples: [
    {
      name: 'Half an hour for intake in one area',
      body: { taskType: 'intake', serviceArea: 'procurement', limitMs: 1_800_000, escalateGroup: 'team leads' },
      status: 201,
    },
    { name: 'Twice for the same tasks', body: { taskType: 'intake', limitMs: 1_800_000 }, status: 409 },
  ],
  handle: async ({ body, who, deps }) => {
    const id = newId()
    const settings = { ...UNSAID, ...settingsOf(body), limitMs: body.limitMs }
    const config = saved(await deps.sla.addConfig(who.tenantId, { id, settings, actor: who.actor }))
    return answerConfig(201, config, { Location: `/v1/sla-configs/${id}` })
  },
})

export const changeSlaConfig = operation({
  ...about,
  id: 'changeSlaConfig',
  method: 'patch',
  path: '/v1/sla-configs/{id}',
  summary: 'Change a promise of time',
  description:
    'What is not named stays. Clocks that run keep what they began with; `active: false` ends the promise for new tasks.',
  params: IdParams,
  headers: z.object({ 'If-Match': z.string().optional() }),
  body: { type: 'application/json', schema: ChangeBody },
  answers,
  problems: ['request.invalid', 'request.not_json', 'resource.unknown', 'sla.exists', 'sla.changed'],
  examples: [
    { name: 'Two hours', params: { id: EXAMPLE.slaConfig }, body: { limitMs: 7_200_000 }, status: 200 },
    {
      name: 'Changed meanwhile',
      params: { id: EXAMPLE.slaConfig },
      headers: { 'If-Match': '"none"' },
      body: { active: false },
      status: 412,
    },
  ],
  handle: async ({ params: { id }, body, who, request, deps }) => {
    const before = await deps.sla.config(who.tenantId, id)
    if (!before) throw unknownResource()
    const wanted = request.get('if-match')
    if (wanted !== undefined && wanted !== etagOf(before.id, before.version)) throw changedMeanwhile()
    const settings = { ...before, ...settingsOf(body) }
    const change = { id, settings, actor: who.actor, ifVersion: before.version }
    const after = await deps.sla.changeConfig(who.tenantId, change)
    if (after === 'changed') throw changedMeanwhile()
    return answerConfig(200, saved(after))
  },
})

const UNSAID = {
  taskType: null,
  serviceArea: null,
  workflow: null,
  atRiskShare: 0.8,
  pausesWhileBlocked: false,
  escalatePriority: null,
  escalateGroup: null,
  active: true,
}

/** What is named, with the priority as a number. */
function settingsOf({ escalatePriority, ...said }: z.output<typeof ChangeBody>): Partial<SlaSettings> {
  const priority = typeof escalatePriority === 'string' ? priorityOf(escalatePriority) : escalatePriority
  return withoutGaps({ ...said, escalatePriority: priority })
}

const answerConfig = (status: number, config: SlaConfigView, more: Record<string, string> = {}): Answer => ({
  status,
  body: config,
  headers: { ETag: etagOf(config.id, config.version), ...more },
})

function saved(config: SavedSla): SlaConfigView {
  if (config === 'exists') throw new Problem('sla.exists', 'There is a promise for these tasks already.')
  return config
}

const changedMeanwhile = (): Problem => new Problem('sla.changed', 'It has another version by now.')
