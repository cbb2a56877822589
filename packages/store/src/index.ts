/**
 * What lasts: the record in Postgres and the contents of files. Owns the migrations, every SQL statement and the folder
 * of blobs, and implements the ports of the engine. It must not know what the values mean (`domain` says that), decide
 * what happens next (`engine` does), or know that there is a queue.
 */
export { createApiKey } from './create-api-key.ts'
export { createBatchRuns, createRunQueue, createSourceStore } from './batch-runs.ts'
export { createBacklogReader } from './backlog-reader.ts'
export { createApiKeys } from './api-keys.ts'
export { createCatalog, createFirstSeen } from './catalog.ts'
export { createCatalogRecord } from './catalog-record.ts'
export { createFigures } from './figures.ts'
export { createFolderBlobStore } from './folder-blob-store.ts'
export { createJobStore } from './job-store.ts'
export { createMaintenance } from './maintenance.ts'
export { isOrchestratorAlive } from './orchestrators.ts'
export { createModelTrusts } from './model-trusts.ts'
export { createRecordReader } from './record-reader.ts'
export { createRecordWriter } from './record-writer.ts'
export { createSlaBook } from './sla-book.ts'
export { createStageRegistry } from './stage-registry.ts'
export { createTaskDesk } from './task-desk.ts'
export { createAlertBook, createTriggerQueue, createTriggerStore } from './triggers.ts'
export { createWorkflowCatalog } from './workflow-catalog.ts'
export { openDatabase, type Database, type DatabaseOptions } from './database.ts'
export { spoolFile, type SpooledFile } from './spool-file.ts'
export { DEFAULT_TENANT_ID } from './default-tenant.ts'
export { schemaFingerprint } from './schema-fingerprint.ts'
export { migrate, type MigrateOptions, type Migrated } from './migrate.ts'
