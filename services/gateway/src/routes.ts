import type { Operation } from './http/operation.ts'
import { listBatches, readBatch, stopBatch } from './routes/batches/batches.ts'
import { runBatch } from './routes/batches/run.ts'
import { uploadBatch } from './routes/batches/upload.ts'
import { cancelJobs, resumeJobs, retryJobs, suspendJobs } from './routes/bulk/begin.ts'
import { listBulkActions, readBulkAction, readBulkResult, stopBulkAction } from './routes/bulk/bulk-actions.ts'
import { readOriginal } from './routes/documents/read-original.ts'
import { submitDocument } from './routes/documents/submit.ts'
import { advanceJob, cancelJob, retryJob, suspendJob } from './routes/jobs/act.ts'
import { importCatalog, listImports, readImport } from './routes/catalog/imports.ts'
import { listCatalog, readCatalogItem, removeCatalogItem } from './routes/catalog/items.ts'
import { listJobs } from './routes/jobs/list.ts'
import { readJobHistory, readJobInput, readJobResult } from './routes/jobs/read-parts.ts'
import { readJob } from './routes/jobs/read.ts'
import { submitBulk } from './routes/jobs/submit-bulk.ts'
import { submitJob } from './routes/jobs/submit.ts'
import { streamEvents } from './routes/events/events.ts'
import { exportEvents } from './routes/events/export.ts'
import { simulatePolicy } from './routes/policies/simulate.ts'
import { checkDecisions } from './routes/policies/check.ts'
import { evaluateDecision } from './routes/policies/evaluate.ts'
import { changePolicyThresholds, listPolicies, readPolicy } from './routes/policies/policies.ts'
import { previewSource } from './routes/sources/preview.ts'
import { listSources, readSource, removeSource, saveSource } from './routes/sources/sources.ts'
import { pauseAllStages, pauseStage, resumeAllStages, resumeStage } from './routes/stages/pause.ts'
import { listStages, readScale, triggerStage } from './routes/stages/stages.ts'
import { readMetadata } from './routes/system/metadata.ts'
import { changeSettings, readSettings } from './routes/system/settings.ts'
import { activatePlan, archivePlan, listPlans, openPlan, readPlan, readPlanHistory } from './routes/plans/plans.ts'
import { assignTask, claimTask, commentTask, releaseTask, snoozeTask, transitionTask } from './routes/tasks/act.ts'
import { listCorrections } from './routes/tasks/corrections.ts'
import { readTaskHistory } from './routes/tasks/history.ts'
import { openTask } from './routes/tasks/open.ts'
import { addSlaConfig, changeSlaConfig, listSlaConfigs, readSlaConfig } from './routes/sla/configs.ts'
import { listSlaRecords, readSlaFigures } from './routes/sla/records.ts'
import { resolveTask } from './routes/tasks/resolve.ts'
import { listTasks, readTask } from './routes/tasks/tasks.ts'
import { acknowledgeAlert, listAlerts } from './routes/triggers/alerts.ts'
import { listTriggerRuns, simulateTrigger } from './routes/triggers/log.ts'
import { listTriggers, readTrigger, removeTrigger, saveTrigger } from './routes/triggers/triggers.ts'
import { listBottlenecks } from './routes/views/bottlenecks.ts'
import { readAutomation, readDesk } from './routes/views/days.ts'
import { listFailures } from './routes/views/failures.ts'
import { listActivity } from './routes/views/recent-activity.ts'
import { listStuck, readStatus } from './routes/views/steps-at-work.ts'
import { readDailyStats, readPerformance } from './routes/views/performance.ts'
import { readOverview } from './routes/views/overview.ts'
import { readStats } from './routes/views/stats.ts'
import {
  listDeliveries,
  readDelivery,
  replayDelivery,
  replayWebhook,
  testWebhook,
} from './routes/webhooks/deliveries.ts'
import {
  addWebhook,
  changeWebhook,
  listWebhooks,
  readWebhook,
  removeWebhook,
  renewWebhookSecret,
} from './routes/webhooks/webhooks.ts'
import { listWorkflows, readWorkflow, saveWorkflow } from './routes/workflows/workflows.ts'

/** The whole API as data, in the order of the reference. */
export const OPERATIONS: readonly Operation[] = [
  submitJob,
  submitBulk,
  listJobs,
  readJob,
  readJobResult,
  readJobHistory,
  readJobInput,
  cancelJob,
  suspendJob,
  retryJob,
  advanceJob,
  cancelJobs,
  suspendJobs,
  resumeJobs,
  retryJobs,
  listBulkActions,
  readBulkAction,
  readBulkResult,
  stopBulkAction,
  submitDocument,
  readOriginal,
  runBatch,
  uploadBatch,
  listBatches,
  readBatch,
  openTask,
  stopBatch,
  listSources,
  readSource,
  saveSource,
  removeSource,
  previewSource,
  listTasks,
  readTask,
  readTaskHistory,
  claimTask,
  releaseTask,
  transitionTask,
  assignTask,
  snoozeTask,
  commentTask,
  resolveTask,
  listCorrections,
  openPlan,
  listPlans,
  readPlan,
  readPlanHistory,
  activatePlan,
  archivePlan,
  listSlaConfigs,
  readSlaConfig,
  addSlaConfig,
  changeSlaConfig,
  listSlaRecords,
  readSlaFigures,
  listTriggers,
  readTrigger,
  saveTrigger,
  removeTrigger,
  listTriggerRuns,
  simulateTrigger,
  listAlerts,
  acknowledgeAlert,
  listWebhooks,
  addWebhook,
  readWebhook,
  changeWebhook,
  removeWebhook,
  renewWebhookSecret,
  testWebhook,
  listDeliveries,
  readDelivery,
  replayDelivery,
  replayWebhook,
  listStages,
  readScale,
  pauseStage,
  resumeStage,
  pauseAllStages,
  resumeAllStages,
  triggerStage,
  listWorkflows,
  readWorkflow,
  saveWorkflow,
  listPolicies,
  readPolicy,
  changePolicyThresholds,
  evaluateDecision,
  checkDecisions,
  simulatePolicy,
  importCatalog,
  listImports,
  readImport,
  listCatalog,
  readCatalogItem,
  removeCatalogItem,
  streamEvents,
  exportEvents,
  readStats,
  readOverview,
  listActivity,
  readDailyStats,
  readStatus,
  readPerformance,
  listStuck,
  listBottlenecks,
  readAutomation,
  readDesk,
  listFailures,
  readSettings,
  changeSettings,
  readMetadata,
]
