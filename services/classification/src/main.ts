import { createDocumentReader } from '@stageline/documents'
import { runStage } from '@stageline/runtime'
import { loadConfig } from './config.ts'
import { shippedModels } from './models.ts'
import { classificationStage } from './stage.ts'

const config = loadConfig(process.env)
await runStage(classificationStage({ reader: createDocumentReader(), models: shippedModels() }), config)
