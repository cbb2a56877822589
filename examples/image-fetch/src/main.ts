import { runStage } from '@stageline/runtime'
import { loadConfig } from './config.ts'
import { imageFetchStage } from './stage.ts'

const [, , folder = 'images'] = process.argv
await runStage(imageFetchStage({ folder }), () => loadConfig(process.env))
