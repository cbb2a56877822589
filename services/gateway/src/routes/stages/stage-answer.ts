import type { Counts, StageView, WorkflowView } from '@stageline/engine/ports'
import { z } from 'zod'

export const StageAnswer = z
  .object({
    stage: z.string(),
    paused: z.boolean(),
    pausedBy: z.string().nullable(),
    pauseReason: z.string().nullable(),
    pausedAt: z.string().nullable(),
    pausedUntil: z.string().nullable().meta({ description: 'When the pause ends by itself' }),
    limit: z
      .object({ max: z.number().int(), perMs: z.number().int() })
      .nullable()
      .meta({ description: 'Steps that all workers together may begin in a time' }),
    limited: z
      .object({ until: z.string(), by: z.string(), code: z.string(), reason: z.string() })
      .nullable()
      .meta({ description: 'The other side asked for a rest: no step begins before `until`' }),
    breaker: z
      .object({
        state: z.enum(['closed', 'open', 'half_open']),
        since: z.string().nullable(),
        by: z.string().nullable().meta({ description: 'The worker, or the person, that opened or closed it' }),
        code: z.string().nullable(),
        reason: z.string().nullable(),
        times: z.number().int().meta({ description: 'How often it has opened since it was last closed' }),
        nextProbeAt: z.string().nullable(),
        probeBy: z.string().nullable().meta({ description: 'The worker that may try one step' }),
        probeUntil: z.string().nullable(),
      })
      .meta({ description: 'Open: something that the stage needs is down; its steps wait and use up no attempt' }),
    bundle: z.number().int().meta({ description: 'Most steps that one message carries' }),
    steps: z.record(z.string(), z.number().int()).meta({ description: 'Steps by state' }),
    next: z.array(z.string()).meta({ description: 'Stages that follow it in some workflow' }),
    workers: z.array(
      z.object({ id: z.string(), host: z.string(), version: z.string(), startedAt: z.string(), seenAt: z.string() }),
    ),
    inputSchema: z.unknown(),
    outputSchema: z.unknown(),
  })
  .meta({ id: 'Stage' })

export const StageList = z.object({ items: z.array(StageAnswer) }).meta({ id: 'StageList' })

export const StageParams = z.strictObject({ stage: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/) })

export const showStage = (
  view: StageView,
  counts: Counts,
  workflows: readonly WorkflowView[],
): z.input<typeof StageAnswer> => ({
  stage: view.stage,
  paused: view.paused,
  pausedBy: view.pausedBy,
  pauseReason: view.pauseReason,
  pausedAt: view.pausedAt,
  pausedUntil: view.pausedUntil,
  limit: view.limit,
  limited: view.limited,
  breaker: view.breaker,
  bundle: view.bundle,
  steps: counts.steps[view.stage] ?? {},
  next: nextStages(view.stage, workflows),
  workers: view.workers,
  inputSchema: view.inputSchema,
  outputSchema: view.outputSchema,
})

function nextStages(stage: string, workflows: readonly WorkflowView[]): string[] {
  const next = workflows.flatMap(({ definition: { steps } }) => {
    const here = new Set(steps.filter((step) => step.stage === stage).map(({ key }) => key))
    return steps.filter(({ dependsOn }) => dependsOn.some((parent) => here.has(parent))).map((step) => step.stage)
  })
  return [...new Set(next)].toSorted()
}
