import type { SlaBook } from '@stageline/engine/ports'
import type { Database } from './database.ts'
import { insertSlaConfig, selectSlaConfig, selectSlaConfigs, updateSlaConfig } from './queries/sla-configs.ts'
import { listSlaRecords, selectSlaFigures } from './queries/sla-records.ts'

/** Promises of time and how they were kept. An id that is none, or another tenant's, is unknown. */
export const createSlaBook = (db: Database): SlaBook => ({
  configs: (tenantId) => selectSlaConfigs(db, tenantId),
  config: (tenantId, id) => selectSlaConfig(db, tenantId, id),
  addConfig: (tenantId, config) => insertSlaConfig(db, tenantId, config),
  changeConfig: (tenantId, config) => updateSlaConfig(db, tenantId, config),
  records: (tenantId, filter, page) => listSlaRecords(db, tenantId, filter, page),
  figures: (tenantId, weeks) => selectSlaFigures(db, tenantId, weeks),
})
