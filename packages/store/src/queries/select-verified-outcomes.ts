import { FieldFactors, verifiedOutcomeOf, type VerifiedOutcome } from '@stageline/domain'
import type { Database } from '../database.ts'

/** So many right ones in a row can show an error rate of 0.03 %. */
const NEWEST = 10_000

/**
 * Outputs that a policy found doubtful or drew for people, and that a person then vouched for, as they were or corrected.
 * Those that failed a check are left out: they would not complete at any confidence.
 */
export async function selectVerifiedOutcomes(
  db: Database,
  tenantId: string,
  workflow: string,
): Promise<VerifiedOutcome[]> {
  const rows = await db.query<{ confidence: number; fields: unknown; corrections: { path: string }[] }>(
    tenantId,
    {
      name: 'select-verified-outcomes',
      text: `SELECT (evidence #>> '{decision,factors,confidence}')::float8 AS confidence, corrections,
          evidence #> '{decision,factors,fields}' AS fields FROM tasks
        WHERE tenant_id = $1 AND workflow = $2 AND state = 'completed' AND verdict IN ('accept', 'retry')
          AND (verdict = 'accept' OR verdict = 'retry' AND corrections <> '[]')
          AND evidence #>> '{decision,rule}' IN ('doubtful', 'doubtful_field', 'quality_sample')
          AND evidence #>> '{decision,factors,confidence}' IS NOT NULL
        ORDER BY id DESC LIMIT ${NEWEST}`,
    },
    [tenantId, workflow],
  )
  return rows.map(({ fields, ...row }) => verifiedOutcomeOf({ ...row, fields: FieldFactors.catch({}).parse(fields) }))
}
