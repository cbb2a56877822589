import { loadStageConfig } from '@stageline/runtime'

export const loadConfig = (env: NodeJS.ProcessEnv) => loadStageConfig(env)
