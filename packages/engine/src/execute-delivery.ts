import type { ExecutorDeps } from './execute-step.ts'
import { executeStep } from './execute-step.ts'
import type { Delivery, DeliveryEnd, StepEnd } from './ports/index.ts'

/** Works all steps of a message at the same time; each is recorded on its own, whatever becomes of its neighbours. */
export async function executeDelivery({ message, redelivered }: Delivery, deps: ExecutorDeps): Promise<DeliveryEnd> {
  const { tenantId, stage } = message
  const settled = await Promise.allSettled(
    message.steps.map(([jobId, step, fence]) => executeStep({ tenantId, jobId, step, fence }, redelivered, deps)),
  )
  const broken = settled.find((one) => one.status === 'rejected')
  // Thrown only when nothing of this message is being worked any more.
  if (broken) throw broken.reason
  const ends = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const dropped = ends.filter(({ outcome }) => outcome === 'stale' || outcome === 'lost').length
  if (dropped > 0) deps.observer.count('duplicate_executions', dropped, { stage })
  const failures = ends.filter((end): end is Extract<StepEnd, { outcome: 'failed' | 'waiting' }> => 'failure' in end)
  return {
    steps: ends.length,
    failed: failures.filter(({ outcome }) => outcome === 'failed').length,
    codes: [...new Set(failures.map(({ failure }) => failure.code))],
  }
}
