import { ACCEPTED_MEDIA_TYPES, sniffType } from '@stageline/documents'
import { quarantineOf } from '@stageline/domain'
import { askTogether, createBacklog, submitTogether, type BacklogBounds } from '@stageline/engine'
import type { RecordWriter, StageHints } from '@stageline/engine/ports'
import { createBoard } from '@stageline/queue'
import {
  createAlertBook,
  createApiKeys,
  createArchiveReader,
  createBatchRuns,
  createBulkActions,
  createCatalogRecord,
  createBacklogReader,
  createFigures,
  createRecordReader,
  createRecordWriter,
  createSlaBook,
  createTaskDesk,
  createSourceStore,
  createTriggerStore,
  createWebhookStore,
  DEFAULT_TENANT_ID,
  isOrchestratorAlive,
  loadingArchived,
  type Database,
} from '@stageline/store'
import { connect } from './connect.ts'
import { PartAway } from './health.ts'
import { countTransitions } from './count-transitions.ts'
import { createImportDesk } from './import-desk.ts'
import type { CommonConfig } from './load-config.ts'
import type { ServiceLife } from './run-service.ts'

const BOARD_EVERY_MS = 5_000
/** A request needs the database several times, and nobody may wait longer than 5 s for a connection: more would wait in vain. */
const [MOST_WAITING, LONGEST_WAIT_MS] = [100, 1_500]
/** They share one answer, so that many more may wait. */
const QUESTION = { maxWaiting: 1_000, maxWaitMs: 2_000 }

/** Everything that the HTTP surface stands on: the engine, the record's reading and writing sides, files, Bull Board. */
export function openGateway(
  config: CommonConfig,
  life: ServiceLife,
  { boardPath, bounds }: { boardPath: string; bounds: BacklogBounds },
) {
  const { engine, database, queue, review, stages, hints, blobs } = connect(config, 'gateway', life)
  life.health.misses('orchestrator', async () => {
    if (!(await isOrchestratorAlive(database))) throw new PartAway('none has said for 15 s that it lives')
  })
  const { observer } = life.telemetry
  const board = createBoard({ queueOf: queue.queueOf, review: review.queue, basePath: boardPath })
  const show = () =>
    stages.bundles().then(
      (known) => board.show([...known.keys(), ...[...known.keys()].map(quarantineOf)]),
      (error: unknown) => observer.trouble('store.unavailable', error),
    )
  void show()
  const timer = setInterval(() => void show(), BOARD_EVERY_MS).unref()
  life.onStop.defer(() => clearInterval(timer))
  const apiKeys = createApiKeys(database)
  const catalog = createCatalogRecord(database)
  const imports = life.onStop.use(createImportDesk({ dir: config.STAGELINE_BLOB_DIR, catalog, observer }))
  const backlog = createBacklog(createBacklogReader(database), bounds)
  // What many requests ask for at once is asked once for all of them.
  const archive = createArchiveReader(database, blobs)
  const store = loadingArchived(engine.store, database, archive)
  const workflows = { ...engine.workflows, latest: askTogether(engine.workflows.latest, QUESTION) }
  return {
    engine: { ...engine, workflows, store },
    backlog,
    submitJobs: submitTogether({ ...engine, workflows, backlog }),
    reader: createRecordReader(database, archive),
    writer: tellStages(createRecordWriter(database), hints),
    desk: countTransitions(createTaskDesk(database), observer),
    sla: createSlaBook(database),
    figures: createFigures(database),
    apiKeys: { ...apiKeys, find: askTogether(apiKeys.find, QUESTION) },
    blobs,
    catalog,
    imports,
    sources: createSourceStore(database),
    runs: createBatchRuns(database),
    triggers: createTriggerStore(database),
    alerts: createAlertBook(database),
    webhooks: createWebhookStore(database),
    bulk: createBulkActions(database),
    boardRouter: board.router,
    stepsOf: queue.stepsOf,
    sniffType,
    acceptedMediaTypes: ACCEPTED_MEDIA_TYPES,
    localTenantId: DEFAULT_TENANT_ID,
    isBusy: () => isBusy(database.waiting()),
  }
}

/** The time alone would come too late for a thousand requests at one moment, all of which would then be late. */
const isBusy = ({ calls, longestMs }: ReturnType<Database['waiting']>): boolean =>
  calls >= MOST_WAITING || longestMs > LONGEST_WAIT_MS

/** Workers obey at once: without the hint, within a second. */
const tellStages = (writer: RecordWriter, hints: StageHints): RecordWriter => ({
  ...writer,
  setStagePaused: async (stage, pause) => {
    const changed = await writer.setStagePaused(stage, pause)
    for (const view of changed) hints.tell(view.stage)
    return changed
  },
})
