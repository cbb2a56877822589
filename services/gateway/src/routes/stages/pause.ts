import type { StageView } from '@stageline/engine/ports'
import { z } from 'zod'
import type { GatewayDeps } from '../../gateway-deps.ts'
import type { Identity } from '../../guard/identity.ts'
import { operation } from '../../http/operation.ts'
import { Problem, unknownResource } from '../../http/problems.ts'
import { showStage, StageAnswer, StageList, StageParams } from './stage-answer.ts'

const Reason = z.string().trim().min(1).max(1000).optional()
const PauseBody = z.strictObject({
  reason: Reason,
  until: z.iso.datetime({ offset: true }).optional().meta({ description: 'When the pause ends by itself' }),
})
const ResumeBody = z.strictObject({ reason: Reason })

const about = { method: 'post', tag: 'Stages' } as const
const json = { type: 'application/json', optional: true } as const
const oneAnswer = { 200: { description: 'The stage after the change', schema: StageAnswer } }
const allAnswer = { 200: { description: 'The stages after the change', schema: StageList } }
const example = { stage: 'extraction' }
const past = { reason: 'Too late', until: '2020-01-01T00:00:00Z' }

export const pauseStage = operation({
  ...about,
  id: 'pauseStage',
  path: '/v1/stages/{stage}:pause',
  summary: 'Let no worker of a stage begin another step, for good or until a time',
  params: StageParams,
  body: { ...json, schema: PauseBody },
  answers: oneAnswer,
  problems: ['request.invalid', 'resource.unknown'],
  examples: [
    { name: 'Pause', params: example, body: { reason: 'The model is being replaced' }, status: 200 },
    { name: 'Pause until a time', params: example, body: { until: '2100-01-01T00:00:00Z' }, status: 200 },
    { name: 'Pause until a time that has passed', params: example, body: past, status: 400 },
  ],
  handle: async ({ params, body, who, deps }) => only(await pause(params.stage, body, who, deps)),
})

export const resumeStage = operation({
  ...about,
  id: 'resumeStage',
  path: '/v1/stages/{stage}:resume',
  summary: 'Let a stage go on: ends its pause and its limit, and closes its breaker',
  params: StageParams,
  body: { ...json, schema: ResumeBody },
  answers: oneAnswer,
  problems: ['request.invalid', 'resource.unknown'],
  examples: [{ name: 'Resume', params: example, status: 200 }],
  handle: async ({ params, body, who, deps }) => only(await resume(params.stage, body, who, deps)),
})

export const pauseAllStages = operation({
  ...about,
  id: 'pauseAllStages',
  path: '/v1/stages:pause',
  summary: 'Pause every stage',
  body: { ...json, schema: PauseBody },
  answers: allAnswer,
  problems: ['request.invalid'],
  examples: [{ name: 'Pause everything', body: { reason: 'The database is being moved' }, status: 200 }],
  handle: async ({ body, who, deps }) => ({ status: 200, body: { items: await pause(null, body, who, deps) } }),
})

export const resumeAllStages = operation({
  ...about,
  id: 'resumeAllStages',
  path: '/v1/stages:resume',
  summary: 'Let every stage go on',
  body: { ...json, schema: ResumeBody },
  answers: allAnswer,
  problems: ['request.invalid'],
  examples: [{ name: 'Resume everything', status: 200 }],
  handle: async ({ body, who, deps }) => ({ status: 200, body: { items: await resume(null, body, who, deps) } }),
})

type Shown = z.input<typeof StageAnswer>

async function pause(
  stage: string | null,
  { reason = null, until = null }: { reason?: string | null | undefined; until?: string | null | undefined },
  who: Identity,
  deps: GatewayDeps,
): Promise<Shown[]> {
  if (until !== null && Date.parse(until) <= deps.now().getTime()) {
    const detail = 'Expected a time to come'
    throw new Problem('request.invalid', detail, { errors: [{ pointer: '/until', detail }] })
  }
  const changed = await deps.writer.setStagePaused(stage, { paused: true, actor: who.actor, reason, until })
  return show(changed, who, deps)
}

async function resume(
  stage: string | null,
  { reason = null }: { reason?: string | null | undefined },
  who: Identity,
  deps: GatewayDeps,
): Promise<Shown[]> {
  return show(await deps.writer.setStagePaused(stage, { paused: false, actor: who.actor, reason }), who, deps)
}

async function show(
  views: readonly StageView[],
  { tenantId }: Identity,
  { reader }: Pick<GatewayDeps, 'reader'>,
): Promise<Shown[]> {
  const [counts, workflows] = await Promise.all([reader.counts(tenantId), reader.workflows(tenantId)])
  return views.map((view) => showStage(view, counts, workflows))
}

function only([stage]: readonly Shown[]): { status: 200; body: Shown } {
  if (!stage) throw unknownResource()
  return { status: 200, body: stage }
}
