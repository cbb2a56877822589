/**
 * A process: config, connections, signals, health, shutdown. Services see the rest of the system only through it. Owns
 * the order in which things are opened and closed; must not know what a stage does with a document.
 */
export { defineStage } from '@stageline/engine'
export type { StageContext, StageDefinition, StageLogger } from '@stageline/engine'
export type { Catalog, CatalogHit, CatalogQuery, FirstSeen, StageBlobs } from '@stageline/engine/ports'
export type { SpooledFile } from '@stageline/store'
export { Health, type HealthAnswer } from './health.ts'
export { loadSettings } from '@stageline/domain'
export { CommonConfig, IntakeBounds, loadStageConfig, seconds, StageConfig } from './load-config.ts'
export { createImportDesk, type ImportDesk } from './import-desk.ts'
export { loadCatalog } from './load-catalog.ts'
export { openGateway } from './open-gateway.ts'
export { openOrchestrator } from './open-orchestrator.ts'
export { untilTick } from './at-ticks.ts'
export { configOrExit, runService, type ServiceLife } from './run-service.ts'
export { runStage, runStages } from './run-stage.ts'
export { serveHealth } from './serve-health.ts'
export { untilDone } from './until-done.ts'
export { watchProgress } from './watch-progress.ts'
