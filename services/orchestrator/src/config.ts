import { MailSettings, OutboundSettings, SourceSettings } from '@stageline/connectors'
import { CommonConfig, IntakeBounds, loadSettings, seconds } from '@stageline/runtime'
import { z } from 'zod'
import type { RetentionLimits } from './archive-finished.ts'

/** When the shipped rules raise an alert. */
export const AlertSettings = z.object({
  /** Share of the jobs of a workflow that automation gives up, from which on an alert is raised; 0: none is. */
  ALERT_FAILURE_SHARE: z.coerce.number().min(0).max(1).default(0.25),
  /** Jobs that automation must have given up besides: fewer raise no alert. */
  ALERT_FAILURE_MIN: z.coerce.number().int().min(1).max(10_000).default(20),
  /** Whole hours that are looked at for both, beside the one that has begun. */
  ALERT_FAILURE_HOURS: z.coerce.number().int().min(0).max(72).default(1),
  /** An alert is raised where jobs have been queued or processing without a change for so long, minutes; 0: none is. */
  ALERT_STUCK_MINUTES: z.coerce.number().int().min(0).max(44_640).default(60),
  /** Share of the jobs that a policy allows a day, from which on an alert is raised, and one more when all are taken in; 0: none is. */
  ALERT_DAY_SHARE: z.coerce.number().min(0).max(1).default(0.8),
})
export type AlertSettings = z.infer<typeof AlertSettings>

export const OrchestratorConfig = CommonConfig.extend({
  /** How often due retries, waits and run-out claims are looked for, ms. */
  STAGELINE_DISPATCH_MS: z.coerce.number().int().min(10).max(60_000).default(250),
  /** How often the sweep looks for queued messages in Redis and sends again what is lost, seconds. */
  POLL_INTERVAL: seconds({ min: 0.01, max: 60 }).prefault(0.5),
  /** `false`: nothing is sent to webhooks or by mail; what happens meanwhile is not sent later either. */
  ENABLE_WORKFLOW_NOTIFICATIONS: z.stringbool().default(true),
  /** Finished jobs older than so many days leave for archives, where they are still found by id. Not given: never for their age. */
  RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).optional(),
  /** The same for cancelled jobs; not given, as for completed ones. */
  RETENTION_DAYS_CANCELLED: z.coerce.number().int().min(1).max(36_500).optional(),
  /** The most finished jobs that are kept of each tenant; the oldest above it leave for archives. Not given: any number. */
  RETENTION_JOBS: z.coerce.number().int().min(0).max(10_000_000_000).optional(),
  /** The most bytes of finished jobs that are kept of each tenant, with inputs, outputs and histories, by a sample. Not given: any number. */
  RETENTION_BYTES: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  /** Seconds since its end before which no job leaves, whatever else is set. */
  RETENTION_MIN_AGE: seconds({ min: 60, max: 31_536_000 }).prefault(3_600),
})
  .extend(IntakeBounds.shape)
  .extend(OutboundSettings.shape)
  .extend(SourceSettings.shape)
  .extend(MailSettings.shape)
  .extend(AlertSettings.shape)
export type OrchestratorConfig = z.infer<typeof OrchestratorConfig>

const DAY_MS = 86_400_000

/** What is kept of finished jobs; undefined where nothing ever leaves. */
export function retentionOf(config: OrchestratorConfig): RetentionLimits | undefined {
  const { RETENTION_DAYS: days, RETENTION_DAYS_CANCELLED: cancelled = days } = config
  const { RETENTION_JOBS: jobs, RETENTION_BYTES: bytes, RETENTION_MIN_AGE: minAgeMs } = config
  const limits = {
    completedMs: days === undefined ? undefined : days * DAY_MS,
    cancelledMs: cancelled === undefined ? undefined : cancelled * DAY_MS,
    jobs,
    bytes,
  }
  return Object.values(limits).every((limit) => limit === undefined) ? undefined : { minAgeMs, ...limits }
}

export const loadConfig = (env: NodeJS.ProcessEnv) => loadSettings(OrchestratorConfig, env)
