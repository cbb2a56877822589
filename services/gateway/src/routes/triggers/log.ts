import { ENTRY_SUBJECTS, TriggerDefinition, type TriggerEntry } from '@stageline/domain'
import { simulateTrigger as simulate } from '@stageline/engine'
import { TRIGGER_RUN_STATES, type TriggerRunView } from '@stageline/engine/ports'
import { z } from 'zod'
import { Id } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { answerPage, pageOf, PageQuery } from '../../http/page.ts'
import { unknownResource } from '../../http/problems.ts'
import { CorrelationId, Traceparent } from '../jobs/job-answer.ts'
import { EXAMPLE_TRIGGER, refuseUnknownEvents, TriggerParams } from './triggers.ts'

export const EntryAnswer = z
  .object({
    subject: z.enum(ENTRY_SUBJECTS),
    subjectId: Id,
    seq: z.number().int(),
    at: z.string(),
    event: z.string(),
    from: z.string().nullable(),
    to: z.string(),
    actor: z.string(),
    reason: z.string().nullable(),
    data: z.unknown().meta({ description: 'What the entry brought, up to 4 kB' }),
    code: z.string().nullable(),
    message: z.string().nullable(),
    jobId: Id.nullable(),
    workflow: z.string().nullable(),
    step: z.string().nullable(),
    stage: z.string().nullable(),
    businessKey: z.string().nullable(),
    planId: Id.nullable(),
    taskType: z.string().nullable(),
    cause: z.string().nullable(),
    title: z.string().nullable(),
    serviceArea: z.string().nullable(),
    priority: z.number().nullable(),
    traceparent: Traceparent,
    correlationId: CorrelationId,
  } satisfies Record<keyof TriggerEntry, z.ZodType>)
  .meta({ id: 'TriggerEntry' })
const ErrorAnswer = z.object({ code: z.string(), message: z.string() }).nullable()

const RunAnswer = z
  .object({
    id: Id,
    version: z.number().int().meta({ description: 'Of the trigger, when the entry fitted' }),
    entry: EntryAnswer,
    depth: z.number().int().meta({ description: 'How many triggers stand between the entry and a person or a client' }),
    state: z
      .enum(TRIGGER_RUN_STATES)
      .meta({ description: '`waiting`: to be done, or tried again; `refused`: triggers set each other off' }),
    made: z
      .array(z.object({ kind: z.string(), id: Id }))
      .meta({ description: 'What the actions made, in their order' }),
    error: ErrorAnswer,
    tries: z.number().int(),
    createdAt: z.string(),
    finishedAt: z.string().nullable(),
  })
  .meta({ id: 'TriggerRun' })

const showRun = ({ made, ...run }: TriggerRunView): z.input<typeof RunAnswer> => ({ ...run, made: [...made] })

export const listTriggerRuns = operation({
  id: 'listTriggerRuns',
  method: 'get',
  path: '/v1/triggers/{key}/runs',
  tag: 'Triggers',
  summary: 'Read what a trigger did, newest entry first',
  description: 'A row for each entry that fitted, and for each that its predicate failed at. Kept for 30 days.',
  params: TriggerParams,
  query: z.strictObject(PageQuery),
  answers: { 200: { description: 'A page of its log', schema: pageOf(RunAnswer).meta({ id: 'TriggerRunPage' }) } },
  problems: ['request.invalid', 'request.bad_cursor', 'resource.unknown'],
  examples: [
    { name: 'The log of a trigger', params: { key: EXAMPLE_TRIGGER.key }, status: 200 },
    { name: 'Of none', params: { key: 'nothing' }, status: 404 },
  ],
  handle: async ({ params: { key }, query: { cursor, limit }, who, request, deps }) => {
    if (!(await deps.triggers.get(who.tenantId, key))) throw unknownResource()
    const page = cursor === undefined ? { limit } : { cursor, limit }
    return answerPage(request, await deps.triggers.runs(who.tenantId, key, page), showRun)
  },
})

const SHOWN = 50

export const simulateTrigger = operation({
  id: 'simulateTrigger',
  method: 'post',
  path: '/v1/triggers:simulate',
  tag: 'Triggers',
  summary: 'See what a trigger would have fired on',
  description:
    'Holds the newest entries of the past against a trigger that need not be saved. Nothing is done. The loop guard is not part of it.',
  body: {
    type: 'application/json',
    schema: z
      .strictObject({
        trigger: TriggerDefinition,
        limit: z.number().int().min(1).max(5000).default(1000).meta({
          description: 'So many entries of its events at most, of jobs and of the desk each',
        }),
      })
      .meta({ id: 'SimulateTrigger' }),
  },
  answers: {
    200: {
      description: 'How many entries fitted, and the newest of them',
      schema: z
        .object({
          looked: z.number().int(),
          fitted: z.number().int(),
          failed: z.number().int().meta({ description: 'Entries that the predicate cannot work with' }),
          items: z.array(z.object({ entry: EntryAnswer, error: ErrorAnswer })),
        })
        .meta({ id: 'SimulatedTrigger' }),
    },
  },
  problems: ['request.invalid', 'request.not_json'],
  examples: [{ name: 'Of the past', body: { trigger: EXAMPLE_TRIGGER, limit: 500 }, status: 200 }],
  handle: async ({ body: { trigger, limit }, who, deps }) => {
    refuseUnknownEvents(trigger)
    const past = await deps.triggers.past(who.tenantId, trigger.on, limit)
    const found = simulate(trigger, past)
    const failed = found.filter(({ error }) => error !== null).length
    const items = found.slice(0, SHOWN)
    return { status: 200, body: { looked: past.length, fitted: found.length - failed, failed, items } }
  },
})
