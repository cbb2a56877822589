import type { CheckLimits } from './check-limits.ts'
import type { RedisLook } from './look-at-redis.ts'

export type Row = Record<string, unknown>

/** What a rule may look at: one snapshot of the record (with what the recorder saw beside it) and the queues. */
export type Look = {
  query: <Found extends Row>(sql: string, values?: readonly unknown[]) => Promise<Found[]>
  limits: CheckLimits
  redis?: RedisLook
}

/** Violations: how many, a few of them in words, and figures to be told beside them. */
export type Found = { count: number; examples: string[]; figures?: Readonly<Record<string, number>> }

/** What must be given for a rule to be asked at all. `quiesced`: nothing is under way any more. */
export type Need = 'quiesced' | 'recorder' | 'redis'

export type Rule = { name: string; needs: readonly Need[]; find: (look: Look) => Promise<Found> }

/** Something that must be true of every record; it holds when none of its rules finds anything. */
export type Invariant = { id: string; what: string; rules: readonly Rule[] }

const EXAMPLES = 5

/**
 * A rule as a query that names each violation: `example` in words and `n`, how many it stands for. Counted and cut off
 * by the database, so that a record of any size costs this process nothing.
 */
export function sqlRule(
  name: string,
  sql: string,
  { needs = [], values = () => [] }: { needs?: readonly Need[]; values?: (limits: CheckLimits) => unknown[] } = {},
): Rule {
  const counted = `WITH bad AS MATERIALIZED (${sql})
    SELECT (SELECT coalesce(sum(n), 0)::float8 FROM bad) AS count, ARRAY(SELECT example FROM bad LIMIT ${EXAMPLES}) AS examples`
  const find = async ({ query, limits }: Look): Promise<Found> => {
    const [found] = await query<{ count: number; examples: string[] }>(counted, values(limits))
    return found ?? { count: 0, examples: [] }
  }
  return { name, needs, find }
}
