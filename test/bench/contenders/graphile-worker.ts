import { Logger, makeWorkerUtils, run, runMigrations, type TaskList } from 'graphile-worker'
import { chunksOf, nextOf, outputOf, STAGES, type Item } from '../rig/workload.ts'
import type { Contender } from './contender.ts'

const logger = new Logger(() => () => undefined)

export const graphileWorker: Contender = {
  name: 'graphile-worker',
  title: 'graphile-worker, local queue of 500',
  settings: 'concurrentJobs 10, localQueue 500, completeJobBatchDelay 50 ms, pool 10, addJobs 1000',
  needs: ['postgres'],
  items: 2_500,
  workers: [STAGES],
  setup: ({ databaseUrl }) => runMigrations({ connectionString: databaseUrl, logger }),
  submitter: async ({ databaseUrl }) => {
    const utils = await makeWorkerUtils({ connectionString: databaseUrl, logger, maxPoolSize: 4 })
    return {
      submit: async (items) => {
        for (const some of chunksOf(items, 1_000))
          await utils.addJobs(some.map((payload) => ({ identifier: STAGES[0], payload })))
        return items.map(({ id }) => id)
      },
      close: async () => utils.release(),
    }
  },
  worker: async ({ databaseUrl }, stages, done) => {
    const taskList: TaskList = {}
    for (const stage of stages) {
      const next = nextOf(stage)
      taskList[stage] = async (payload, helpers) => {
        const data = payload as Item
        const item = { ...data, [stage]: outputOf(stage, data) }
        if (next) await helpers.addJob(next, item)
        else done([item.id])
      }
    }
    const worker = {
      connectionString: databaseUrl,
      concurrentJobs: 10,
      maxPoolSize: 10,
      pollInterval: 500,
      logger,
      completeJobBatchDelay: 50,
      localQueue: { size: 500 },
    }
    const runner = await run({
      connectionString: databaseUrl,
      taskList,
      noHandleSignals: true,
      logger,
      preset: { worker },
    })
    return { close: () => runner.stop() }
  },
}
