import { CommonConfig, loadServiceConfig } from '@stageline/runtime'
import { z } from 'zod'

export const OrchestratorConfig = CommonConfig.extend({
  /** How often due retries, waits and run-out claims are looked for, ms. */
  STAGELINE_DISPATCH_MS: z.coerce.number().int().min(10).max(60_000).default(250),
  /** How often queued messages are looked for in Redis, ms. */
  STAGELINE_REPAIR_MS: z.coerce.number().int().min(10).max(60_000).default(500),
})

export const loadConfig = (env: NodeJS.ProcessEnv) => loadServiceConfig(OrchestratorConfig, env)
