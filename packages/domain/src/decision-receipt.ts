import { createHash } from 'node:crypto'
import type { Decision } from './policy.ts'

/** How long a receipt is: 80 bits, as 16 characters that people can read to each other. */
const CHARACTERS = 16
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * A short name for what was decided from what: a hash over the factors, the policy and its version, who forced it, the
 * rule and the result. The words of the reason are not part of it. Equal decisions have equal receipts, for good.
 */
export function receiptOf(decision: Omit<Decision, 'receipt'>): string {
  const { policy, version, factors, route, rule, doubtfulFields, forcedBy } = decision
  const text = canonical({ policy, version, factors, route, rule, doubtfulFields, forcedBy })
  const bits = createHash('sha256').update(text).digest()
  const characters = Array.from({ length: CHARACTERS }, (_, i) => ALPHABET[fiveBits(bits, i * 5)])
  return `dr1-${characters.join('')}`
}

const fiveBits = (bytes: Buffer, at: number): number => (bytes.readUInt16BE(at >> 3) >> (11 - (at & 7))) & 31

/** JSON with the names of every object in order: the database keeps its own. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
