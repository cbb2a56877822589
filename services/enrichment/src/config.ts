import { LookUpSettings, ModelSettings, OutboundSettings } from '@stageline/connectors'
import { loadStageConfig } from '@stageline/runtime'

export const loadConfig = (env: NodeJS.ProcessEnv) =>
  loadStageConfig(env, { ...OutboundSettings.shape, ...ModelSettings.shape, ...LookUpSettings.shape })
