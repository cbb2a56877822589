import { StagelineError } from '@stageline/domain'
import { HandlersAtWork } from '@stageline/engine'
import type { StageConfig } from './load-config.ts'
import type { ServiceLife } from './run-service.ts'

/**
 * The handlers of this process. One that does not stop when told cannot be stopped from outside: the process takes nothing
 * new, lets the others end within the drain time, and exits with 1, so that its supervisor starts a fresh one.
 */
export function watchHandlers(
  stage: string,
  { STAGELINE_STOP_GRACE_MS: graceMs }: Pick<StageConfig, 'STAGELINE_STOP_GRACE_MS'>,
  { telemetry, fail, stopping }: Pick<ServiceLife, 'telemetry' | 'fail' | 'stopping'>,
  shutdown: AbortSignal,
): HandlersAtWork {
  return new HandlersAtWork({
    graceMs,
    shutdown,
    onStraggler: ({ jobId, step, tenantId }) => {
      const error = new StagelineError(
        'system',
        'stage.ignores_signal',
        `The handler of ${jobId}/${step} ignores its aborted signal; this process is replaced`,
      )
      telemetry.observer.trouble('stage.ignores_signal', error, { stage, jobId, step, tenantId })
      if (!stopping.aborted) fail(error)
    },
  })
}
