import { isId } from '@stageline/domain'
import type { RecordWriter } from '@stageline/engine/ports'
import type { Database } from './database.ts'
import { claimTask, releaseTask } from './queries/claim-task.ts'
import { pauseStages } from './queries/pause-stages.ts'
import { savePolicy } from './queries/save-policy.ts'
import { saveWorkflow } from './queries/save-workflow.ts'
import { saveSettings } from './queries/tenant-settings.ts'
import { triggerStage } from './queries/trigger-stage.ts'

const NOTE_VERDICT = `UPDATE tasks SET verdict = $3, verdict_by = $4, verdict_reason = $5, corrections = $6::jsonb
  WHERE tenant_id = $1 AND id = $2 AND (verdict_by IS NULL OR verdict_by = $4)`

/** What the gateway changes besides jobs. */
export function createRecordWriter(db: Database): RecordWriter {
  return {
    createBatch: async (tenantId, { id, name, actor }) => {
      const text = 'INSERT INTO batches (tenant_id, id, name, actor) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING'
      await db.query(tenantId, { text }, [tenantId, id, name, actor])
    },
    claimTask: (tenantId, taskId, actor, leaseMs) => claimTask(db, tenantId, taskId, actor, leaseMs),
    releaseTask: (tenantId, taskId, actor) => releaseTask(db, tenantId, taskId, actor),
    noteVerdict: async (tenantId, taskId, { verdict, actor, reason, corrections }) => {
      if (!isId(taskId)) return
      await db.query(tenantId, { text: NOTE_VERDICT }, [
        tenantId,
        taskId,
        verdict,
        actor,
        reason,
        JSON.stringify(corrections),
      ])
    },
    saveWorkflow: (tenantId, definition, actor, ifVersion) => saveWorkflow(db, tenantId, definition, actor, ifVersion),
    saveSettings: (tenantId, settings) => saveSettings(db, tenantId, settings),
    savePolicy: (tenantId, policy, actor) => savePolicy(db, tenantId, policy, actor),
    setStagePaused: (stage, pause) => pauseStages(db.anonymous, stage, pause),
    triggerStage: (tenantId, stage) => triggerStage(db, tenantId, stage),
  }
}
