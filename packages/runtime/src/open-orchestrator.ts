import { createMaintenance } from '@stageline/store'
import { connect } from './connect.ts'
import type { CommonConfig } from './load-config.ts'
import type { ServiceLife } from './run-service.ts'

/** What time and aftermath need: the engine, the whole queue port, upkeep of the record. */
export function openOrchestrator(config: CommonConfig, life: ServiceLife) {
  const { engine, database, queue, review, stages } = connect(config, 'worker', life)
  const isDatabaseThere = () => database.ping().then(() => true)
  return { engine, queue, review, stages, maintenance: createMaintenance(database), isDatabaseThere }
}
