import { DataError, WorkflowDefinition } from '@stageline/domain'
import type { Database } from './database.ts'
import { selectWorkflowVersion } from './queries/select-workflow-version.ts'

export type Definitions = (tenantId: string, key: string, version: number) => Promise<WorkflowDefinition>

/** Definitions by version, read once each: a stored version never changes. */
export function createDefinitions(db: Database): Definitions {
  const known = new Map<string, Promise<WorkflowDefinition>>()

  return (tenantId, key, version) => {
    const name = `${tenantId}/${key}/${version}`
    const cached = known.get(name)
    if (cached) return cached
    const read = readDefinition(db, tenantId, key, version)
    known.set(name, read)
    // What failed may work the next time.
    read.catch(() => known.delete(name))
    return read
  }
}

async function readDefinition(
  db: Database,
  tenantId: string,
  key: string,
  version: number,
): Promise<WorkflowDefinition> {
  const row = await selectWorkflowVersion(db, tenantId, key, version)
  if (!row) throw new DataError('workflow.unknown', `There is no workflow "${key}" with version ${version}`)
  return WorkflowDefinition.parse(row.definition)
}

/** The stage of each step, for the counts. */
export const stagesOf = ({ steps }: WorkflowDefinition): Map<string, string> =>
  new Map(steps.map(({ key, stage }) => [key, stage]))
