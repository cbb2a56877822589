import { readTable } from '@stageline/documents'
import { createBacklog } from '@stageline/engine'
import type { TableRows, UploadOrigin } from '@stageline/engine/ports'
import {
  createAlertMails,
  createArchiver,
  createAlertRules,
  createBacklogReader,
  createDeliveryQueue,
  createMaintenance,
  createRunQueue,
  createTaskDesk,
  createTriggerQueue,
  createBulkQueue,
  DEFAULT_TENANT_ID,
} from '@stageline/store'
import { connect } from './connect.ts'
import type { CommonConfig, IntakeBounds } from './load-config.ts'
import type { ServiceLife } from './run-service.ts'

/** What time and aftermath need: the engine, the whole queue port, upkeep of the record, runs and their files. */
export function openOrchestrator(config: CommonConfig & IntakeBounds, life: ServiceLife) {
  const { engine, database, queue, review, stages, blobs } = connect(config, 'worker', life)
  const isDatabaseThere = () => database.ping().then(() => true)
  const bounds = { tenant: config.STAGELINE_MAX_OPEN_JOBS_PER_TENANT, all: config.STAGELINE_MAX_OPEN_JOBS }
  return {
    engine,
    queue,
    review,
    stages,
    maintenance: createMaintenance(database),
    backlog: createBacklog(createBacklogReader(database), bounds),
    runs: createRunQueue(database),
    triggers: createTriggerQueue(database),
    deliveries: createDeliveryQueue(database),
    alertMails: createAlertMails(database),
    alertRules: createAlertRules(database),
    desk: createTaskDesk(database),
    bulk: createBulkQueue(database),
    archiver: createArchiver(database, blobs),
    readUpload: async ({ key, charset }: UploadOrigin) => rowsOf(await blobs.read({ key }), charset),
    ownTenantId: DEFAULT_TENANT_ID,
    isDatabaseThere,
  }
}

const CHUNK_BYTES = 256 * 1024

function rowsOf(bytes: Uint8Array, charset: UploadOrigin['charset']): TableRows {
  const file = {
    bytes: bytes.length,
    async *chunks() {
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES)
    },
  }
  return () => readTable(file, charset)
}
