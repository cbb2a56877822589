import { modelTrustOf, type ModelTrust } from '@stageline/domain'
import type { Database } from './database.ts'
import { selectVerifiedOutcomes } from './queries/select-verified-outcomes.ts'
import { readAgain } from './read-again.ts'

const FRESH_MS = 60_000

/** What people found of the values that models gave in a workflow; read when it is asked for, at most once a minute. */
export function createModelTrusts(db: Database): (tenantId: string, workflow: string) => Promise<ModelTrust> {
  const fresh = readAgain<ModelTrust>(FRESH_MS)
  return (tenantId, workflow) =>
    fresh(`${tenantId}/${workflow}`, async () => modelTrustOf(await selectVerifiedOutcomes(db, tenantId, workflow)))
}
