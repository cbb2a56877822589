import { z } from 'zod'
import { operation, type Answer, type Call } from '../../http/operation.ts'
import { unknownResource } from '../../http/problems.ts'
import { showStage, StageAnswer } from './stage-answer.ts'

const StageParams = z.strictObject({ stage: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/) })
type StageCall = Pick<Call<z.output<typeof StageParams>, unknown, unknown>, 'params' | 'who' | 'deps'>

const example = { stage: 'extraction' }
const about = { method: 'post', tag: 'Stages', params: StageParams } as const

export const listStages = operation({
  id: 'listStages',
  method: 'get',
  path: '/v1/stages',
  tag: 'Stages',
  summary: 'Read all stages: steps by state, workers, what follows, whether paused',
  answers: {
    200: { description: 'The stages', schema: z.object({ items: z.array(StageAnswer) }).meta({ id: 'StageList' }) },
  },
  problems: [],
  examples: [{ name: 'All stages', status: 200 }],
  handle: async ({ who, deps: { reader } }) => {
    const [stages, counts, workflows] = await Promise.all([
      reader.stages(who.tenantId),
      reader.counts(who.tenantId),
      reader.workflows(who.tenantId),
    ])
    return { status: 200, body: { items: stages.map((stage) => showStage(stage, counts, workflows)) } }
  },
})

export const readScale = operation({
  id: 'getStageScale',
  method: 'get',
  path: '/v1/stages/{stage}/scale',
  tag: 'Stages',
  summary: 'Read the load of a stage, for autoscalers',
  params: StageParams,
  answers: {
    200: {
      description: 'Steps that are due or being worked',
      schema: z
        .object({
          stage: z.string(),
          queued: z.number().int(),
          processing: z.number().int(),
          load: z.number().int(),
          workers: z.number().int(),
        })
        .meta({ id: 'StageScale' }),
    },
  },
  problems: ['resource.unknown'],
  examples: [
    { name: 'Load of a stage', params: example, status: 200 },
    { name: 'A stage that nobody works', params: { stage: 'nowhere' }, status: 404 },
  ],
  handle: async ({ params: { stage }, who, deps: { reader } }) => {
    const [stages, counts] = await Promise.all([reader.stages(who.tenantId), reader.counts(who.tenantId)])
    const view = stages.find((each) => each.stage === stage)
    if (!view) throw unknownResource()
    const { queued = 0, processing = 0 } = counts.steps[stage] ?? {}
    return { status: 200, body: { stage, queued, processing, load: queued + processing, workers: view.workers.length } }
  },
})

const PauseBody = z.strictObject({ reason: z.string().trim().min(1).max(1000).optional() })
const pauseAnswers = { 200: { description: 'The stage after the change', schema: StageAnswer } }
const pauseProblems = ['request.invalid', 'resource.unknown'] as const

export const pauseStage = operation({
  ...about,
  id: 'pauseStage',
  path: '/v1/stages/{stage}:pause',
  summary: 'Let no worker of a stage begin another step',
  body: { type: 'application/json', schema: PauseBody, optional: true },
  answers: pauseAnswers,
  problems: pauseProblems,
  examples: [{ name: 'Pause', params: example, body: { reason: 'The model is being replaced' }, status: 200 }],
  handle: (call) => setPaused(call, true, call.body.reason ?? null),
})

export const resumeStage = operation({
  ...about,
  id: 'resumeStage',
  path: '/v1/stages/{stage}:resume',
  summary: 'Let a paused stage go on',
  body: { type: 'application/json', schema: PauseBody, optional: true },
  answers: pauseAnswers,
  problems: pauseProblems,
  examples: [{ name: 'Resume', params: example, status: 200 }],
  handle: (call) => setPaused(call, false, call.body.reason ?? null),
})

export const triggerStage = operation({
  ...about,
  id: 'triggerStage',
  path: '/v1/stages/{stage}:trigger',
  summary: 'Make queued and retrying steps of a stage due now',
  body: { type: 'application/json', schema: z.strictObject({}), optional: true },
  answers: {
    200: {
      description: 'How many jobs are looked at',
      schema: z.object({ stage: z.string(), jobs: z.number().int() }).meta({ id: 'Triggered' }),
    },
  },
  problems: ['request.invalid', 'resource.unknown'],
  examples: [{ name: 'Trigger', params: example, status: 200 }],
  handle: async ({ params: { stage }, who, deps: { reader, writer } }) => {
    if (!(await reader.stages(who.tenantId)).some((each) => each.stage === stage)) throw unknownResource()
    return { status: 200, body: { stage, jobs: await writer.triggerStage(who.tenantId, stage) } }
  },
})

async function setPaused(
  { params: { stage }, who, deps: { reader, writer } }: StageCall,
  paused: boolean,
  reason: string | null,
): Promise<Answer> {
  const view = await writer.setStagePaused(stage, { paused, actor: who.actor, reason })
  if (!view) throw unknownResource()
  const [counts, workflows] = await Promise.all([reader.counts(who.tenantId), reader.workflows(who.tenantId)])
  return { status: 200, body: showStage(view, counts, workflows) }
}
