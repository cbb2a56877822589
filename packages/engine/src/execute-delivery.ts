import type { ExecutorDeps } from './execute-step.ts'
import { executeStep } from './execute-step.ts'
import type { Delivery, DeliveryEnd, Message, StepEnd } from './ports/index.ts'
import { probeSteps } from './probe-steps.ts'
import { splitMessage } from './split-message.ts'

type Execute = (step: Message['steps'][number]) => Promise<StepEnd>
type Gate = NonNullable<ExecutorDeps['gate']>

/**
 * Works all steps of a message at the same time; each is recorded on its own, whatever becomes of its neighbours. While
 * something holds the stage the message goes back as it is.
 */
export async function executeDelivery({ message, redelivered }: Delivery, deps: ExecutorDeps): Promise<DeliveryEnd> {
  const { tenantId } = message
  const execute = ([jobId, step, fence]: Message['steps'][number]) =>
    executeStep({ tenantId, jobId, step, fence }, redelivered, deps)
  const pass = deps.gate?.enter() ?? 'all'
  if (pass === 'none') return 'held'
  if (deps.stage.limit && message.steps.length > 1) return split(message, pass, deps)
  const ends =
    pass === 'all' ? await executeAll(message.steps, execute) : await probe(message.steps, execute, deps.gate!)
  if (ends === 'held') return ends
  // What was dropped may be queued yet, under another fence: a look at the message tells.
  if (!ends.some(isDropped)) deps.store.forget([message.id])
  return sum(ends, message, deps)
}

const isDropped = ({ outcome }: StepEnd): boolean => outcome === 'stale' || outcome === 'lost'

/** What is left of the message after the steps that were the probe asks the gate anew, as if it had just arrived. */
async function probe(steps: Message['steps'], execute: Execute, gate: Gate): Promise<StepEnd[] | 'held'> {
  const { ends, rest } = await probeSteps(steps, execute, gate)
  if (rest.length === 0) return ends
  const pass = gate.enter()
  if (pass === 'none') return 'held'
  const others = pass === 'all' ? await executeAll(rest, execute) : await probe(rest, execute, gate)
  return others === 'held' ? others : [...ends, ...others]
}

async function split(message: Message, pass: 'all' | 'probe', deps: ExecutorDeps): Promise<DeliveryEnd> {
  try {
    await splitMessage(message, deps)
    return { steps: 0, failed: 0, codes: [] }
  } finally {
    if (pass === 'probe') deps.gate?.leaveProbe()
  }
}

async function executeAll(steps: Message['steps'], execute: Execute): Promise<StepEnd[]> {
  const settled = await Promise.allSettled(steps.map(execute))
  const broken = settled.find((one) => one.status === 'rejected')
  // Thrown only when nothing of this message is being worked any more.
  if (broken) throw broken.reason
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
}

function sum(ends: readonly StepEnd[], { stage }: Message, { observer }: ExecutorDeps): DeliveryEnd {
  const dropped = ends.filter(isDropped).length
  if (dropped > 0) observer.count('duplicate_executions', dropped, { stage })
  const failures = ends.filter((end): end is Extract<StepEnd, { outcome: 'failed' | 'waiting' }> => 'failure' in end)
  return {
    steps: ends.length,
    failed: failures.filter(({ outcome }) => outcome === 'failed').length,
    codes: [...new Set(failures.map(({ failure }) => failure.code))],
  }
}
