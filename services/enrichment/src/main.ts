import { runStage } from '@stageline/runtime'
import { loadConfig } from './config.ts'
import { enrichmentStage } from './stage.ts'

await runStage(enrichmentStage(), () => loadConfig(process.env))
