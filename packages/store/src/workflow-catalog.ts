import { compileWorkflow, DataError, errorTargetOf, Policy, type ErrorTarget, type Workflow } from '@stageline/domain'
import type { WorkflowCatalog } from '@stageline/engine/ports'
import { performance } from 'node:perf_hooks'
import type { Database } from './database.ts'
import { createDefinitions } from './definitions.ts'
import { selectPolicies } from './queries/select-policies.ts'
import { selectVerifiedOutcomes } from './queries/select-verified-outcomes.ts'
import { selectWorkflowVersion } from './queries/select-workflow-version.ts'

const POLICIES_FRESH_MS = 5_000
const TARGETS_FRESH_MS = 10_000

/**
 * Compiled definitions, kept for ever, each with the newest version of its policy, read again every
 * 5 s, and with what verified outcomes say of its target, every 10 s.
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
    const { targetErrorRate } = wanted
    if (targetErrorRate === undefined) return { ...workflow, policy }
    return { ...workflow, policy, errorTarget: await targets(tenantId, key, targetErrorRate) }
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

function createErrorTargets(db: Database): (tenantId: string, workflow: string, rate: number) => Promise<ErrorTarget> {
  const fresh = readAgain<ErrorTarget>(TARGETS_FRESH_MS)
  return (tenantId, workflow, rate) =>
    fresh(`${tenantId}/${workflow}/${rate}`, async () =>
      errorTargetOf(await selectVerifiedOutcomes(db, tenantId, workflow), rate),
    )
}

/** What was read under a name, until it is too old; what could not be read is read again by the next to ask. */
function readAgain<Value>(freshMs: number): (name: string, read: () => Promise<Value>) => Promise<Value> {
  const known = new Map<string, { at: number; value: Promise<Value> }>()
  return (name, read) => {
    const found = known.get(name)
    if (found && performance.now() - found.at < freshMs) return found.value
    const value = read()
    known.set(name, { at: performance.now(), value })
    value.catch(() => known.delete(name))
    return value
  }
}

async function readPolicies(db: Database, tenantId: string): Promise<ReadonlyMap<string, Policy>> {
  const rows = await selectPolicies(db, tenantId)
  return new Map(rows.map(({ name, policy }) => [name, Policy.parse(policy)]))
}
