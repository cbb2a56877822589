import { configOrExit, runStage } from '@stageline/runtime'
import { automationsOf } from './automations-of.ts'
import { loadConfig } from './config.ts'
import { shippedMakers } from './models.ts'
import { enrichmentStage } from './stage.ts'

const { config, automations } = configOrExit('enrichment', () => {
  const config = loadConfig(process.env)
  return { config, automations: automationsOf(config) }
})
await runStage(enrichmentStage({ automations, makers: shippedMakers() }), config)
