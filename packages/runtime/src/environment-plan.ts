import type { RetryPlan } from '@stageline/domain'
import type { StageConfig } from './load-config.ts'

/**
 * The retry plan that the environment gives: what counts where no job, step, stage or workflow says otherwise. A base that
 * is not given stays out, so that each kind of error keeps its own.
 */
export const environmentPlan = (
  config: Pick<StageConfig, 'WORKFLOW_MAX_RETRIES' | 'WORKFLOW_RETRY_BACKOFF' | 'WORKFLOW_RETRY_BACKOFF_MULTIPLIER'>,
): RetryPlan => ({
  maxAttempts: config.WORKFLOW_MAX_RETRIES + 1,
  baseMs: config.WORKFLOW_RETRY_BACKOFF,
  multiplier: config.WORKFLOW_RETRY_BACKOFF_MULTIPLIER,
})
