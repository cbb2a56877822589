import { MailSettings, OutboundSettings, SourceSettings } from '@stageline/connectors'
import { CommonConfig, IntakeBounds, loadSettings, seconds } from '@stageline/runtime'
import { z } from 'zod'

export const OrchestratorConfig = CommonConfig.extend({
  /** How often due retries, waits and run-out claims are looked for, ms. */
  STAGELINE_DISPATCH_MS: z.coerce.number().int().min(10).max(60_000).default(250),
  /** How often the sweep looks for queued messages in Redis and sends again what is lost, seconds. */
  POLL_INTERVAL: seconds({ min: 0.01, max: 60 }).prefault(0.5),
  /** `false`: nothing is sent to webhooks or by mail; what happens meanwhile is not sent later either. */
  ENABLE_WORKFLOW_NOTIFICATIONS: z.stringbool().default(true),
})
  .extend(IntakeBounds.shape)
  .extend(OutboundSettings.shape)
  .extend(SourceSettings.shape)
  .extend(MailSettings.shape)
export type OrchestratorConfig = z.infer<typeof OrchestratorConfig>

export const loadConfig = (env: NodeJS.ProcessEnv) => loadSettings(OrchestratorConfig, env)
