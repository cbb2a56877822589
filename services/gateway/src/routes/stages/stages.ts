import { z } from 'zod'
import { operation } from '../../http/operation.ts'
import { unknownResource } from '../../http/problems.ts'
import { showStage, StageList, StageParams } from './stage-answer.ts'

const example = { stage: 'extraction' }

export const listStages = operation({
  id: 'listStages',
  method: 'get',
  path: '/v1/stages',
  tag: 'Stages',
  summary: 'Read all stages: steps by state, workers, what follows, what holds them',
  answers: {
    200: { description: 'The stages', schema: StageList },
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

export const triggerStage = operation({
  method: 'post',
  tag: 'Stages',
  params: StageParams,
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
