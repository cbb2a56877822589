import { PgBoss } from 'pg-boss'
import { chunksOf, nextOf, outputOf, STAGES, type Item } from '../rig/workload.ts'
import type { Contender } from './contender.ts'

const BATCH = 1_000

export const pgBoss: Contender = {
  name: 'pg-boss',
  title: 'pg-boss, 1,000 a batch',
  settings: 'batchSize 1000, localConcurrency 1, burstWhenBatchFull, LISTEN/NOTIFY, insert 1000',
  needs: ['postgres'],
  items: 20_000,
  workers: [STAGES],
  setup: async ({ databaseUrl }) => {
    const boss = await start({ connectionString: databaseUrl })
    for (const stage of STAGES) await boss.createQueue(stage, { notify: true })
    await boss.stop({ graceful: false })
  },
  submitter: async ({ databaseUrl }) => {
    const boss = await start({ connectionString: databaseUrl, max: 4, ...QUIET, supervise: false })
    return {
      submit: async (items) => {
        for (const some of chunksOf(items, BATCH)) await insert(boss, STAGES[0], some)
        return items.map(({ id }) => id)
      },
      close: () => boss.stop({ graceful: false }),
    }
  },
  worker: async ({ databaseUrl }, stages, done) => {
    const boss = await start({ connectionString: databaseUrl, max: 20, ...QUIET, useListenNotify: true })
    for (const stage of stages) {
      const next = nextOf(stage)
      await boss.work<Item>(
        stage,
        { batchSize: BATCH, localConcurrency: 1, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true },
        async (jobs) => {
          const items = jobs.map(({ data }) => ({ ...data, [stage]: outputOf(stage, data) }))
          if (next) await insert(boss, next, items)
          else done(items.map(({ id }) => id))
        },
      )
    }
    return { close: () => boss.stop({ graceful: false }) }
  },
}

const QUIET = { schedule: false, migrate: false }

async function start(options: ConstructorParameters<typeof PgBoss>[0]): Promise<PgBoss> {
  const boss = new PgBoss(options as never)
  boss.on('error', (error) => console.error(error))
  await boss.start()
  return boss
}

const insert = async (boss: PgBoss, queue: string, items: readonly Item[]): Promise<void> =>
  void (await boss.insert(
    queue,
    items.map((data) => ({ data })),
  ))
