import { setTimeout as delay } from 'node:timers/promises'
import type { Scenario } from '../line/scenario.ts'

const TIMES = 2
const DOWN_MS = 2_000

export const crashPostgres: Scenario = {
  row: 12,
  name: 'crash-postgres',
  title: 'Postgres crashes and restarts: nothing is promised without a row, and all goes on',
  targetMs: 5_000,
  inTests: true,
  run: async (rig, trials) => {
    await trials.warmUp()
    for (let i = 0; i < TIMES; i += 1) {
      await trials.cause('Postgres crash', `${DOWN_MS / 1_000} s`, async () => {
        await rig.stores.crashPostgres()
        await delay(DOWN_MS)
        await rig.stores.startPostgres()
      })
    }
  },
}
