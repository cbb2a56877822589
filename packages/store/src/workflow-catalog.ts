import { compileWorkflow, DataError, Policy, type Workflow } from '@stageline/domain'
import type { WorkflowCatalog } from '@stageline/engine/ports'
import { performance } from 'node:perf_hooks'
import type { Database } from './database.ts'
import { createDefinitions } from './definitions.ts'
import { selectPolicies } from './queries/select-policies.ts'
import { selectWorkflowVersion } from './queries/select-workflow-version.ts'

const POLICIES_FRESH_MS = 5_000

/** Compiled definitions, kept for ever, each with the newest version of its policy, read again every 5 s. */
export function createWorkflowCatalog(db: Database): WorkflowCatalog {
  const definitions = createDefinitions(db)
  const compiled = new Map<string, Workflow>()
  const policies = createPolicies(db)

  const version = async (tenantId: string, key: string, number: number): Promise<Workflow> => {
    const name = `${tenantId}/${key}/${number}`
    const workflow = compiled.get(name) ?? compileWorkflow(await definitions(tenantId, key, number), number)
    compiled.set(name, workflow)
    const wanted = workflow.definition.policy?.name
    return wanted === undefined ? workflow : { ...workflow, policy: await policies(tenantId, wanted) }
  }

  return {
    version,
    latest: async (tenantId, key) => {
      const row = await selectWorkflowVersion(db, tenantId, key)
      return row && version(tenantId, key, row.version)
    },
  }
}

type Known = { at: number; byName: Promise<ReadonlyMap<string, Policy>> }

function createPolicies(db: Database): (tenantId: string, name: string) => Promise<Policy> {
  const known = new Map<string, Known>()

  const fresh = (tenantId: string): Known['byName'] => {
    const found = known.get(tenantId)
    if (found && performance.now() - found.at < POLICIES_FRESH_MS) return found.byName
    const byName = readPolicies(db, tenantId)
    known.set(tenantId, { at: performance.now(), byName })
    byName.catch(() => known.delete(tenantId))
    return byName
  }

  return async (tenantId, name) => {
    const policy = (await fresh(tenantId)).get(name)
    if (!policy) throw new DataError('policy.unknown', `There is no policy "${name}"`)
    return policy
  }
}

async function readPolicies(db: Database, tenantId: string): Promise<ReadonlyMap<string, Policy>> {
  const rows = await selectPolicies(db, tenantId)
  return new Map(rows.map(({ name, policy }) => [name, Policy.parse(policy)]))
}
