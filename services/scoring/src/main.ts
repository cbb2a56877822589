import { runStage } from '@stageline/runtime'
import { loadConfig } from './config.ts'
import { scoringStage } from './stage.ts'

await runStage(scoringStage(), () => loadConfig(process.env))
