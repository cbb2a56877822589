/**
 * Runs scripted stages as a worker process of their own: `SCRIPTED_STAGE` names one, or several with commas between them;
 * `SCRIPTED_SETTINGS` is JSON.
 */
import { loadStageConfig, runStages } from '@stageline/runtime'
import { scriptedStage } from './scripted-stage.ts'

const { SCRIPTED_STAGE = 'scripted', SCRIPTED_SETTINGS = '{}' } = process.env
const stages = SCRIPTED_STAGE.split(',').map((name) => scriptedStage(name, JSON.parse(SCRIPTED_SETTINGS)))
await runStages(stages.map(({ name }) => name).join('-'), stages, () => loadStageConfig(process.env))
