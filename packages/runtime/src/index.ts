/** A process: config, connections, signals, health, shutdown. Stage services see the rest of the system only through it. */
export { defineStage } from '@stageline/engine'
export type { StageContext, StageDefinition, StageLogger } from '@stageline/engine'
export type { Catalog, CatalogHit, CatalogQuery, FirstSeen, StageBlobs } from '@stageline/engine/ports'
