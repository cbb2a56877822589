import { isFinalStep, jsonSchemaProblems } from '@stageline/domain'
import type { JobView, RecordReader } from '@stageline/engine/ports'
import { Problem } from '../../http/problems.ts'
import { ownSubmission } from '../tasks/task-answer.ts'

/** The step that a person completes where they name none: the first that is under way. */
export const stepUnderWay = ({ definition, job }: JobView): string | undefined =>
  definition.steps
    .map(({ key }) => key)
    .find((key) => {
      const state = job.steps[key]?.state ?? 'pending'
      return state !== 'pending' && !isFinalStep(state)
    })

/** To complete what waits for a person's word is to give it. @throws Problem `task.own_submission` */
export function refuseOwnSubmission({ definition, actor, job }: JobView, step: string, person: string): void {
  const waits = job.steps[step]?.state === 'suspended'
  if (waits && definition.separateDuties === true && actor === person) throw ownSubmission(person)
}

/**
 * What a person gives in place of a stage has to have the form that the stage promises to those behind it.
 * @throws Problem `input.invalid`
 */
export async function refuseUnfitOutput(
  reader: RecordReader,
  tenantId: string,
  { view, step, output }: { view: JobView; step: string; output: unknown },
): Promise<void> {
  const stage = view.definition.steps.find(({ key }) => key === step)?.stage
  const schema = (await reader.stages(tenantId)).find((one) => one.stage === stage)?.outputSchema
  if (typeof schema !== 'object' || schema === null) return
  const errors = jsonSchemaProblems(schema, output, '/output')
  if (errors.length > 0)
    throw new Problem('input.invalid', `The output does not have the form of the stage ${stage}.`, { errors })
}
