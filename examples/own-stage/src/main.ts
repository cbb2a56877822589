import { runStage } from '@stageline/runtime'
import { loadConfig } from './config.ts'
import { summaryStage } from './stage.ts'

await runStage(summaryStage(), () => loadConfig(process.env))
