import { modelProviderOf } from '@stageline/connectors'
import { configOrExit, runStage } from '@stageline/runtime'
import { loadConfig } from './config.ts'
import { shippedModels } from './models.ts'
import { extractionStage } from './stage.ts'

const { config, provider } = configOrExit('extraction', () => {
  const config = loadConfig(process.env)
  return { config, provider: modelProviderOf(config) }
})
await runStage(extractionStage({ models: shippedModels(), provider }), config)
