import {
  DocumentInput,
  Fields,
  JsonObject,
  RecordInput,
  Scoring,
  type BlobRef,
  type Field,
  type HistoryEntry,
} from '@stageline/domain'
import type { JobView } from '@stageline/engine/ports'
import type { GatewayDeps } from '../gateway-deps.ts'
import { readFacsimile, type Facsimile } from './facsimile.ts'

/** What the pages tell of a job, gathered once. Outputs of stages that are not ours are shown as they are. */
export type JobFacts = {
  view: JobView
  history: HistoryEntry[]
  outputs: Record<string, unknown>
  document: BlobRef | undefined
  fields: Record<string, Field>
  scoring: Scoring | undefined
  kind: string | undefined
  facsimile: Facsimile | undefined
}

export async function jobFacts(
  deps: GatewayDeps,
  tenantId: string,
  jobId: string,
  step?: string,
): Promise<JobFacts | undefined> {
  const { reader } = deps
  const view = await reader.job(tenantId, jobId)
  if (!view) return undefined
  const [history, { outputs }, input] = await Promise.all([
    reader.history(tenantId, jobId),
    reader.outputs(tenantId, jobId),
    reader.input(tenantId, jobId),
  ])
  const document = DocumentInput.safeParse(input).data?.document
  const classification = JsonObject.safeParse(outputs['classification']).data
  const newestFirst = view.definition.steps.map(({ key }) => key).toReversed()
  const scoring = newestFirst.map((key) => Scoring.safeParse(outputs[key]).data).find((found) => found !== undefined)
  return {
    view,
    history,
    outputs,
    document,
    fields: fieldsOf(input, outputs, step === undefined ? newestFirst : [step, ...newestFirst]),
    scoring,
    kind: scoring?.kind ?? (typeof classification?.['kind'] === 'string' ? classification['kind'] : undefined),
    facsimile: await readFacsimile(deps.blobs, classification?.['model']),
  }
}

/** The fields of the newest output that has some; those of a record before any step has worked on it. */
function fieldsOf(
  input: unknown,
  outputs: Readonly<Record<string, unknown>>,
  steps: readonly string[],
): Record<string, Field> {
  for (const step of steps) {
    const fields = Fields.safeParse(JsonObject.safeParse(outputs[step]).data?.['fields'])
    if (fields.success) return fields.data
  }
  const { record = {} } = RecordInput.safeParse(input).data ?? {}
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]) =>
      Array.isArray(value) ? [] : [[name, { value, confidence: 1, source: { method: 'record' as const } }]],
    ),
  )
}
