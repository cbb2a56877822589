import { createDocumentReader } from '@stageline/documents'
import { runStage } from '@stageline/runtime'
import { loadConfig } from './config.ts'
import { shippedModels } from './models.ts'
import { classificationStage } from './stage.ts'

await runStage(classificationStage({ reader: createDocumentReader(), models: shippedModels() }), () =>
  loadConfig(process.env),
)
