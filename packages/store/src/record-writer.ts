import type { RecordWriter } from '@stageline/engine/ports'
import type { Database } from './database.ts'
import { pauseStages } from './queries/pause-stages.ts'
import { savePolicy } from './queries/save-policy.ts'
import { saveWorkflow } from './queries/save-workflow.ts'
import { saveSettings } from './queries/tenant-settings.ts'
import { triggerStage } from './queries/trigger-stage.ts'

/** What the gateway changes besides jobs. */
export function createRecordWriter(db: Database): RecordWriter {
  return {
    createBatch: async (tenantId, { id, name, actor }) => {
      const text = 'INSERT INTO batches (tenant_id, id, name, actor) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING'
      await db.query(tenantId, { text }, [tenantId, id, name, actor])
    },
    saveWorkflow: (tenantId, definition, actor, ifVersion) => saveWorkflow(db, tenantId, definition, actor, ifVersion),
    saveSettings: (tenantId, settings) => saveSettings(db, tenantId, settings),
    savePolicy: (tenantId, policy, actor) => savePolicy(db, tenantId, policy, actor),
    setStagePaused: (stage, pause) => pauseStages(db.anonymous, stage, pause),
    triggerStage: (tenantId, stage) => triggerStage(db, tenantId, stage),
  }
}
