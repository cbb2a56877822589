import type { Decision, FieldList, Workflow } from '@stageline/domain'
import {
  completenessOf,
  evaluatePolicy,
  FIELD_LISTS,
  JsonObject,
  RecordInput,
  reliabilityOf,
  sourceOf,
} from '@stageline/domain'
import type { JobPast, PastAsked } from './ports/index.ts'
import type { SubmitRequest } from './submit-jobs.ts'

/** Whether the workflow decides between automation and a person before anything is tried. */
export const routesAtIntake = ({ policy, definition }: Workflow): boolean =>
  policy !== undefined && definition.policy?.after === undefined

/** What a request asks of the past. */
export const pastAskedOf = ({ workflow, input, businessKey = null }: SubmitRequest): PastAsked => ({
  workflow,
  source: sourceOf(input),
  businessKey,
})

/** How the intake policy routes a request, by what it says of itself and what is known of its source and its kind. */
export function routeAtIntake(
  workflow: Workflow,
  request: SubmitRequest,
  { outcomes, recentFailures }: JobPast,
): Decision | undefined {
  const { policy, definition } = workflow
  if (!policy || !routesAtIntake(workflow)) return undefined
  const { input, force, actor, priority = 0.5 } = request
  const source = sourceOf(input)
  const factors = {
    completeness: completenessAtIntake(input, definition.policy?.fields),
    reliability: reliabilityOf(outcomes),
    priority,
    recentFailures,
    ...(source === null ? {} : { source, sourceOutcomes: outcomes }),
  }
  return evaluatePolicy(policy, factors, force ? { route: force, by: actor } : undefined)
}

/** By the fields that the workflow names; where it names none a record is taken for that of a part. */
function completenessAtIntake(input: SubmitRequest['input'], fields?: FieldList): number {
  const record = RecordInput.safeParse(input).data?.record
  if (!fields) return record ? completenessOf(record, FIELD_LISTS.part_record) : 0
  return completenessOf(record ?? JsonObject.safeParse(input).data ?? {}, fields)
}
