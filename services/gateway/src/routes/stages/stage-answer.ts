import type { Counts, StageView, WorkflowView } from '@stageline/engine/ports'
import { z } from 'zod'

export const StageAnswer = z
  .object({
    stage: z.string(),
    paused: z.boolean(),
    pausedBy: z.string().nullable(),
    pauseReason: z.string().nullable(),
    pausedAt: z.string().nullable(),
    bundle: z.number().int().meta({ description: 'Most steps that one message carries' }),
    steps: z.record(z.string(), z.number().int()).meta({ description: 'Steps by state' }),
    next: z.array(z.string()).meta({ description: 'Stages that follow it in some workflow' }),
    workers: z.array(z.object({ id: z.string(), host: z.string(), startedAt: z.string(), seenAt: z.string() })),
    inputSchema: z.unknown(),
    outputSchema: z.unknown(),
  })
  .meta({ id: 'Stage' })

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
