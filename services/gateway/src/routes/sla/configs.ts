import { misplacedIn, newId, PRIORITY_LEVELS, priorityOf, SLA_SUBJECTS, type SlaSettings } from '@stageline/domain'
import type { SavedSla, SlaConfigView } from '@stageline/engine/ports'
import { z } from 'zod'
import { etagOf, expectedVersion } from '../../http/etag.ts'
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
    subject: z.enum(SLA_SUBJECTS).meta({ description: 'A task, the way of a job through a stage, or a whole job' }),
    taskType: z.string().nullable().meta({ description: 'Null fits all' }),
    serviceArea: z.string().nullable(),
    workflow: z.string().nullable(),
    stage: z.string().nullable(),
    limitMs: z.number().int(),
    atRiskShare: z.number(),
    pausesWhileBlocked: z.boolean(),
    pausesWhileWaiting: z.boolean(),
    pausesWhileSuspended: z.boolean(),
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
    .optional()
    .meta({ description: 'Of tasks only, as `serviceArea`, `pausesWhileBlocked` and `escalateGroup`' }),
  serviceArea: Name.nullable().optional(),
  workflow: z.string().max(63).nullable().optional(),
}
const LimitMs = z.number().int().min(1_000).max(LONGEST_MS).meta({ description: 'The time that is promised, ms' })
const ofJobs = {
  subject: z.enum(SLA_SUBJECTS).optional().meta({ description: 'Default: `task`' }),
  stage: z.string().max(63).nullable().optional().meta({ description: 'Of `stage` only; null: any stage' }),
}
const rules = {
  atRiskShare: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({ description: 'From this share of the time on it is at risk' }),
  pausesWhileBlocked: z.boolean().optional().meta({ description: 'The clock stands while the task is blocked' }),
  pausesWhileWaiting: z
    .boolean()
    .optional()
    .meta({ description: 'Not of tasks: the clock stands while the job, or its step, waits for something outside' }),
  pausesWhileSuspended: z
    .boolean()
    .optional()
    .meta({ description: 'Not of tasks: the clock stands while it is a person’s turn' }),
  escalatePriority: z
    .union([z.number().min(0).max(1), z.enum(PRIORITY_LEVELS)])
    .nullable()
    .optional()
    .meta({ description: 'A task or job that is late gets at least this priority' }),
  escalateGroup: Name.nullable().optional().meta({ description: 'A task that is late goes to this group' }),
  active: z.boolean().optional(),
}
const AddBody = z.strictObject({ ...ofJobs, ...scope, limitMs: LimitMs, ...rules }).meta({ id: 'AddSlaConfig' })
const ChangeBody = z.strictObject({ ...scope, limitMs: LimitMs.optional(), ...rules }).meta({ id: 'ChangeSlaConfig' })

const about = { tag: 'SLA' } as const
const headers = { ETag: 'Names the version; send it back in `If-Match` to change exactly this one' }
const answers = { 200: { description: 'The config', schema: SlaConfigAnswer, headers } }

export const listSlaConfigs = operation({
  ...about,
  id: 'listSlaConfigs',
  method: 'get',
  path: '/v1/sla-configs',
  summary: 'List the promises of time for tasks, stages and jobs',
  description: 'Of those that fit the one that says most about it counts, then the shortest.',
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
  summary: 'Promise a time for tasks, stages or jobs',
  description:
    'For tasks that are opened from now on; for jobs that are accepted, and stages that a job enters, from 2 s on. What is left out fits all.',
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
    {
      name: 'A minute for one stage of parts, without the time of people',
      body: { subject: 'stage', workflow: 'part', stage: 'scoring', limitMs: 60_000, pausesWhileSuspended: true },
      status: 201,
    },
    { name: 'A stage of tasks', body: { stage: 'scoring', limitMs: 60_000 }, status: 400 },
    { name: 'Twice for the same tasks', body: { taskType: 'intake', limitMs: 1_800_000 }, status: 409 },
  ],
  handle: async ({ body, who, deps }) => {
    const id = newId()
    const settings = { ...UNSAID, ...settingsOf(body), limitMs: body.limitMs }
    refuseMisplaced(settings)
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
    'What is not named stays. Clocks that run keep what they began with; `active: false` ends the promise for what begins from then on. The workflow of a promise for jobs or stages cannot be changed.',
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
    const wanted = expectedVersion(request, id, 'sla.changed')
    if (wanted !== null && wanted !== before.version) throw changedMeanwhile()
    const settings = { ...before, ...settingsOf(body) }
    refuseMisplaced(settings)
    if (before.subject !== 'task' && settings.workflow !== before.workflow)
      throw refused(['workflow'], 'Clocks run by this workflow: set `active` to false, and make another promise.')
    const change = { id, settings, actor: who.actor, ifVersion: before.version }
    const after = await deps.sla.changeConfig(who.tenantId, change)
    if (after === 'changed') throw changedMeanwhile()
    return answerConfig(200, saved(after))
  },
})

const UNSAID = {
  subject: 'task' as const,
  taskType: null,
  serviceArea: null,
  workflow: null,
  stage: null,
  atRiskShare: 0.8,
  pausesWhileBlocked: false,
  pausesWhileWaiting: false,
  pausesWhileSuspended: false,
  escalatePriority: null,
  escalateGroup: null,
  active: true,
}

/** What is named, with the priority as a number. */
function settingsOf({ escalatePriority, ...said }: z.output<typeof AddBody | typeof ChangeBody>): Partial<SlaSettings> {
  const priority = typeof escalatePriority === 'string' ? priorityOf(escalatePriority) : escalatePriority
  return withoutGaps({ ...said, escalatePriority: priority })
}

function refuseMisplaced(settings: SlaSettings): void {
  const names = misplacedIn(settings)
  if (names.length > 0) throw refused(names, `A promise for a ${settings.subject} has no such member.`)
}

const refused = (names: readonly string[], detail: string): Problem =>
  new Problem('request.invalid', detail, { errors: names.map((name) => ({ pointer: `/${name}`, detail })) })

const answerConfig = (status: number, config: SlaConfigView, more: Record<string, string> = {}): Answer => ({
  status,
  body: config,
  headers: { ETag: etagOf(config.id, config.version), ...more },
})

function saved(config: SavedSla): SlaConfigView {
  if (config === 'exists') throw new Problem('sla.exists', 'There is a promise for the same already.')
  return config
}

const changedMeanwhile = (): Problem => new Problem('sla.changed', 'It has another version by now.')
