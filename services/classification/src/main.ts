import { modelProviderOf } from '@stageline/connectors'
import { createDocumentReader } from '@stageline/documents'
import { configOrExit, runStage } from '@stageline/runtime'
import { loadConfig } from './config.ts'
import { shippedModels } from './models.ts'
import { classificationStage } from './stage.ts'

const { config, provider } = configOrExit('classification', () => {
  const config = loadConfig(process.env)
  return { config, provider: modelProviderOf(config) }
})
await runStage(classificationStage({ reader: createDocumentReader(), models: shippedModels(), provider }), config)
