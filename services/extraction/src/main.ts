import { runStage } from '@stageline/runtime'
import { loadConfig } from './config.ts'
import { shippedModels } from './models.ts'
import { extractionStage } from './stage.ts'

await runStage(extractionStage({ models: shippedModels() }), () => loadConfig(process.env))
