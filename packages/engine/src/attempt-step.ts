import type { Failure } from '@stageline/domain'
import { toFailure } from '@stageline/domain'
import { isLeaseNotRenewed } from './claims.ts'
import { runHandler } from './run-handler.ts'
import type { ExecutorDeps, Try } from './step-try.ts'
import { TryWatch } from './try-watch.ts'

/** How a try ended, before it is recorded. */
export type Attempt = { output: unknown } | { failure: Failure } | { givenBack: true } | { lost: true }

/**
 * Runs the handler of a step within its time. A step that takes long is claimed meanwhile; who loses it, or must let go of
 * it, hears so by its signal. The try has ended only when its handler has, or when its process is about to. A handler that
 * gives its output at once costs neither timers nor a signal.
 */
export async function attemptStep(work: Try, deps: ExecutorDeps): Promise<Attempt> {
  const { handlers } = deps
  if (handlers.isLettingGo) return drop(work, deps, { givenBack: true })
  using _ = handlers.begin()
  const watch = new TryWatch(work, deps)
  let handler: unknown
  try {
    handler = runHandler(work, watch, deps)
    if (handler instanceof Promise) {
      work.turn?.leave()
      deps.here?.noteWaiting(deps.stage.name)
    }
    return { output: handler instanceof Promise ? await watch.follow(handler) : handler }
  } catch (error) {
    if (!watch.isStopped) return { failure: toFailure(error) }
    watch.stopTimers()
    const after = handler instanceof Promise ? await handlers.ended(handler, work.ref) : undefined
    return stopped(work, watch, after)
  } finally {
    await watch.end()
    deps.claims.drop(work)
  }
}

function drop(work: Try, { claims }: ExecutorDeps, attempt: Attempt): Attempt {
  claims.drop(work)
  return attempt
}

/** Why the try was stopped decides, not what the handler made of that; only a shutdown takes an output that came in time. */
function stopped(work: Try, { failure }: TryWatch, after: { output: unknown } | undefined): Attempt {
  if (work.lost) return isLeaseNotRenewed(work.lost) ? { givenBack: true } : { lost: true }
  if (failure) return { failure }
  return after ?? { givenBack: true }
}
