import { isId } from '@stageline/domain'
import type { RecordReader } from '@stageline/engine/ports'
import type { ArchiveReader } from './archive-reader.ts'
import type { Database } from './database.ts'
import { listJobs } from './queries/list-jobs.ts'
import { listTasks } from './queries/list-tasks.ts'
import { listBatches, selectBatch } from './queries/select-batches.ts'
import { selectCounts } from './queries/select-counts.ts'
import { compareCursors, selectEvents, selectPresentCursor } from './queries/select-events.ts'
import { selectHistory } from './queries/select-history.ts'
import { selectJobView } from './queries/select-job-view.ts'
import { selectInput, selectOutputs } from './queries/select-outputs.ts'
import { selectPastDecisions } from './queries/select-past-decisions.ts'
import { selectPolicies, selectPolicy } from './queries/select-policies.ts'
import { selectSettings } from './queries/tenant-settings.ts'
import { selectSubmitter } from './queries/select-submitter.ts'
import { selectStages } from './queries/select-stages.ts'
import { selectTask } from './queries/select-task.ts'
import { selectVerifiedOutcomes } from './queries/select-verified-outcomes.ts'
import { selectWorkflow, selectWorkflows } from './queries/select-workflows.ts'

/**
 * What people and programs read. An id that is none, or another tenant's, is unknown.
 *
 * @param archive where given, jobs that have left are found by their id like all others
 */
export function createRecordReader(db: Database, archive?: ArchiveReader): RecordReader {
  return {
    job: (tenantId, jobId) => selectJobView(db, tenantId, jobId, archive),
    jobs: (tenantId, filter, page) => listJobs(db, tenantId, filter, page),
    history: (tenantId, jobId) => selectHistory(db, tenantId, jobId, archive),
    input: (tenantId, jobId) => selectInput(db, tenantId, jobId, archive),
    outputs: (tenantId, jobId) => selectOutputs(db, tenantId, jobId, archive),
    batch: (tenantId, batchId) => selectBatch(db, tenantId, batchId),
    batches: (tenantId, page) => listBatches(db, tenantId, page),
    task: async (tenantId, taskId) =>
      isId(taskId)
        ? selectTask((statement, values) => db.query(tenantId, statement, values), tenantId, taskId)
        : undefined,
    submitter: (tenantId, jobId) => selectSubmitter(db, tenantId, jobId),
    tasks: (tenantId, filter, page) => listTasks(db, tenantId, filter, page),
    workflows: (tenantId) => selectWorkflows(db, tenantId),
    workflow: (tenantId, key, version) => selectWorkflow(db, tenantId, key, version),
    verifiedOutcomes: (tenantId, workflow) => selectVerifiedOutcomes(db, tenantId, workflow),
    stages: () => selectStages(db.anonymous),
    pastDecisions: (tenantId, filter, page) => selectPastDecisions(db, tenantId, filter, page),
    settings: (tenantId) => selectSettings(db, tenantId),
    policies: (tenantId) => selectPolicies(db, tenantId),
    policy: (tenantId, name, version) => selectPolicy(db, tenantId, name, version),
    counts: (tenantId) => selectCounts(db, tenantId),
    events: (tenantId, after, limit) => selectEvents(db, tenantId, after, limit),
    presentCursor: () => selectPresentCursor(db),
    compareCursors,
  }
}
