import { receiptOf } from './decision-receipt.ts'
import { decide, type Decision, type Policy } from './policy.ts'

/** Whether a recorded decision is still what its policy version makes of its factors, and carries its own receipt. */
export function checkDecision(decision: Decision, policy: Policy): { holds: boolean; again: Decision } {
  const { factors, forcedBy, route, receipt } = decision
  const again = decide(policy, factors, forcedBy === undefined ? undefined : { route, by: forcedBy })
  const expected = receiptOf(again)
  const holds = receiptOf(decision) === expected && (receipt === undefined || receipt === expected)
  return { holds, again: { ...again, receipt: expected } }
}
