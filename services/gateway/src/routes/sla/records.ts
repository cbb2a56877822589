import { SLA_STATES, SLA_SUBJECTS } from '@stageline/domain'
import type { SlaRecordView } from '@stageline/engine/ports'
import { z } from 'zod'
import { Id } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { answerPage, pageOf, PageQuery } from '../../http/page.ts'
import { withoutGaps } from '../../http/without-gaps.ts'

const SlaRecordAnswer = z
  .object({
    subject: z.enum(SLA_SUBJECTS),
    taskId: Id.nullable(),
    jobId: Id.nullable().meta({ description: 'Of jobs and stages' }),
    step: z.string().nullable(),
    stage: z.string().nullable(),
    configId: Id,
    taskType: z.string().nullable(),
    serviceArea: z.string().nullable(),
    workflow: z.string().nullable(),
    state: z.enum(SLA_STATES),
    isAtRisk: z.boolean(),
    limitMs: z.number().int(),
    startedAt: z.string(),
    deadline: z.string().meta({ description: 'Moves on by the time for which the clock stood' }),
    pausedAt: z.string().nullable(),
    pausedMs: z.number(),
    stoppedAt: z.string().nullable().meta({ description: 'When the task or job ended, or the stage was left' }),
    breachedAt: z.string().nullable().meta({ description: 'When it was noticed that the deadline had passed' }),
  })
  .meta({ id: 'SlaRecord' })

const show = ({ id: _id, ...record }: SlaRecordView): z.input<typeof SlaRecordAnswer> => record

export const listSlaRecords = operation({
  id: 'listSlaRecords',
  method: 'get',
  path: '/v1/sla-records',
  tag: 'SLA',
  summary: 'List the clocks of tasks, stages and jobs, newest first',
  query: z.strictObject({
    state: z.enum([...SLA_STATES, 'at_risk']).optional(),
    subject: z.enum(SLA_SUBJECTS).optional(),
    taskType: z.string().max(63).optional(),
    serviceArea: z.string().max(100).optional(),
    workflow: z.string().max(63).optional(),
    stage: z.string().max(63).optional(),
    ...PageQuery,
  }),
  answers: { 200: { description: 'A page of clocks', schema: pageOf(SlaRecordAnswer).meta({ id: 'SlaRecordPage' }) } },
  problems: ['request.invalid', 'request.bad_cursor'],
  examples: [
    { name: 'What is at risk', query: { state: 'at_risk' }, status: 200 },
    { name: 'Stages that are late', query: { state: 'breached', subject: 'stage', stage: 'scoring' }, status: 200 },
    { name: 'What was late', query: { state: 'breached', taskType: 'intake' }, status: 200 },
  ],
  handle: async ({ query: { cursor, limit, ...filter }, who, request, deps }) => {
    const page = cursor === undefined ? { limit } : { cursor, limit }
    return answerPage(request, await deps.sla.records(who.tenantId, withoutGaps(filter), page), show)
  },
})

export const SlaFiguresAnswer = z
  .object({
    now: z.object({ running: z.number().int(), atRisk: z.number().int(), paused: z.number().int() }),
    weeks: z.array(
      z.object({
        week: z.string().meta({ description: 'The Monday that it begins with, UTC' }),
        subject: z.enum(SLA_SUBJECTS),
        taskType: z.string().nullable(),
        serviceArea: z.string().nullable(),
        workflow: z.string().nullable().meta({ description: 'Of jobs and stages' }),
        stage: z.string().nullable(),
        met: z.number().int(),
        breached: z.number().int(),
      }),
    ),
  })
  .meta({ id: 'SlaFigures' })

export const readSlaFigures = operation({
  id: 'getSlaFigures',
  method: 'get',
  path: '/v1/sla-figures',
  tag: 'SLA',
  summary: 'Read how many promises run and, week by week, how many were kept',
  query: z.strictObject({ weeks: z.coerce.number().int().min(1).max(104).default(8) }),
  answers: { 200: { description: 'Figures, the newest week first', schema: SlaFiguresAnswer } },
  problems: ['request.invalid'],
  examples: [{ name: 'Of a quarter', query: { weeks: '13' }, status: 200 }],
  handle: async ({ query, who, deps }) => ({ status: 200, body: await deps.sla.figures(who.tenantId, query.weeks) }),
})
