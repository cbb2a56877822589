import type { Failure } from '@stageline/domain'
import { toFailure } from '@stageline/domain'
import { isLeaseNotRenewed } from './claims.ts'
import { runHandler } from './run-handler.ts'
import { claimOnce, stepHeartbeat } from './step-heartbeat.ts'
import type { ExecutorDeps, Try } from './step-try.ts'
import { TryLimits } from './try-limits.ts'

/** After this long people shall see that the step is being worked. */
const CLAIM_AFTER_MS = 250

/** How a try ended, before it is recorded. */
export type Attempt = { output: unknown } | { failure: Failure } | { givenBack: true } | { lost: true }

/**
 * Runs the handler of a step within its time. A step that takes long is claimed meanwhile; who loses it, or must let go of
 * it, hears so by its signal. The try has ended only when its handler has, or when its process is about to.
 */
export async function attemptStep(work: Try, deps: ExecutorDeps): Promise<Attempt> {
  const { shutdown, claims, handlers } = deps
  using _ = handlers.begin()
  const limits = new TryLimits(limitsOf(work, deps))
  const signal = AbortSignal.any([shutdown, limits.signal, work.abort.signal])
  const { claim, end } = claimOnce(work, claims)
  const late = setTimeout(() => void claim(), CLAIM_AFTER_MS)
  const heartbeat = stepHeartbeat(work, { claims, claim, signal, beat: () => limits.beat() })
  const handler = runHandler(work, signal, heartbeat, deps)
  try {
    const output = await untilAborted(handler, signal)
    return { output }
  } catch (error) {
    if (!signal.aborted) return { failure: toFailure(error) }
    limits.stop()
    const after = await handlers.ended(handler, work.ref)
    return stopped(work, limits, after)
  } finally {
    limits.stop()
    clearTimeout(late)
    await end()
    claims.drop(work)
  }
}

/** The definition's limits win over the stage's, and those over the environment's. */
function limitsOf({ workflow, step }: Try, { stage, timeoutMs }: ExecutorDeps) {
  const { definition } = workflow.steps.get(step)!
  return {
    timeoutMs: definition.timeoutMs ?? stage.timeoutMs ?? timeoutMs,
    heartbeatMs: definition.heartbeatMs ?? stage.heartbeatMs,
  }
}

/** Why the signal aborted decides, not what the handler made of that; only a shutdown takes an output that came in time. */
function stopped(work: Try, { failure }: TryLimits, after: { output: unknown } | undefined): Attempt {
  if (work.abort.signal.aborted)
    return isLeaseNotRenewed(work.abort.signal.reason) ? { givenBack: true } : { lost: true }
  if (failure) return { failure }
  return after ?? { givenBack: true }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    if (signal.aborted) reject(signal.reason as Error)
    work.then(resolve, reject)
  })
}
