import { runStage } from '@stageline/runtime'
import { loadConfig } from './config.ts'
import { shippedModels } from './models.ts'
import { extractionStage } from './stage.ts'

const config = loadConfig(process.env)
await runStage(extractionStage({ models: shippedModels() }), config)
