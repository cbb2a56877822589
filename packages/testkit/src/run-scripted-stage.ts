/** Runs a scripted stage as a worker process of its own: `SCRIPTED_STAGE` names it, `SCRIPTED_SETTINGS` is JSON. */
import { loadStageConfig, runStage } from '@stageline/runtime'
import { scriptedStage } from './scripted-stage.ts'

const { SCRIPTED_STAGE = 'scripted', SCRIPTED_SETTINGS = '{}' } = process.env
await runStage(scriptedStage(SCRIPTED_STAGE, JSON.parse(SCRIPTED_SETTINGS)), () => loadStageConfig(process.env))
