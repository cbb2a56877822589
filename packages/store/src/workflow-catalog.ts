import { compileWorkflow, DataError, errorTargetsOf } from '@stageline/domain'
import type { ErrorTargets, Policy, Workflow, WorkflowDefinition } from '@stageline/domain'
import type { WorkflowCatalog } from '@stageline/engine/ports'
import type { Database } from './database.ts'
import { createDefinitions } from './definitions.ts'
import { selectPolicies } from './queries/select-policies.ts'
import { selectVerifiedOutcomes } from './queries/select-verified-outcomes.ts'
import { selectWorkflowVersion } from './queries/select-workflow-version.ts'
import { readAgain } from './read-again.ts'

const POLICIES_FRESH_MS = 5_000
const TARGETS_FRESH_MS = 10_000

/**
 * Compiled definitions, kept for ever, each with the newest version of its policy, read again every
 * 5 s, and with what verified outcomes say of its targets, every 10 s.
 */
export function createWorkflowCatalog(db: Database): WorkflowCatalog {
  const definitions = createDefinitions(db)
  const compiled = new Map<string, Workflow>()
  const policies = createPolicies(db)
  const targets = createErrorTargets(db)

  const version = async (tenantId: string, key: string, number: number): Promise<Workflow> => {
    const name = `${tenantId}/${key}/${number}`
    const workflow = compiled.get(name) ?? compileWorkflow(await definitions(tenantId, key, number), number)
    compiled.set(name, workflow)
    const wanted = workflow.definition.policy
    if (wanted === undefined) return workflow
    const policy = await policies(tenantId, wanted.name)
    if (wanted.targetErrorRate === undefined && wanted.fieldErrorRate === undefined) return { ...workflow, policy }
    return { ...workflow, policy, errorTargets: await targets(tenantId, key, wanted) }
  }

  return {
    version,
    latest: async (tenantId, key) => {
      const row = await selectWorkflowVersion(db, tenantId, key)
      return row && version(tenantId, key, row.version)
    },
  }
}

function createPolicies(db: Database): (tenantId: string, name: string) => Promise<Policy> {
  const fresh = readAgain<ReadonlyMap<string, Policy>>(POLICIES_FRESH_MS)
  return async (tenantId, name) => {
    const policy = (await fresh(tenantId, () => readPolicies(db, tenantId))).get(name)
    if (!policy) throw new DataError('policy.unknown', `There is no policy "${name}"`)
    return policy
  }
}

type Wanted = NonNullable<WorkflowDefinition['policy']>

function createErrorTargets(db: Database) {
  const fresh = readAgain<ErrorTargets>(TARGETS_FRESH_MS)
  return (tenantId: string, workflow: string, wanted: Wanted): Promise<ErrorTargets> => {
    const { targetErrorRate, fieldErrorRate } = wanted
    return fresh(`${tenantId}/${workflow}/${targetErrorRate}/${fieldErrorRate}`, async () =>
      errorTargetsOf(await selectVerifiedOutcomes(db, tenantId, workflow), wanted),
    )
  }
}

async function readPolicies(db: Database, tenantId: string): Promise<ReadonlyMap<string, Policy>> {
  const views = await selectPolicies(db, tenantId)
  return new Map(views.map(({ policy }) => [policy.name, policy]))
}
