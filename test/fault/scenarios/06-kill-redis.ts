import { setTimeout as delay } from 'node:timers/promises'
import type { Scenario } from '../line/scenario.ts'

/** Messages in hand lose their locks in an outage longer than ten seconds and come back with the next scan. */
const IN_HAND_MS = 15_000

export const killRedis2s = killRedis(2, { targetMs: 2_000, inTests: true })
export const killRedis10s = killRedis(10, { targetMs: 2_000, inTests: false })
export const killRedis60s = killRedis(60, { targetMs: 2_000 + IN_HAND_MS, inTests: false })

function killRedis(downS: number, { targetMs, inTests }: { targetMs: number; inTests: boolean }): Scenario {
  return {
    row: 6,
    name: `kill-redis-${downS}s`,
    title: `Redis killed for ${downS} s: jobs are accepted all the while, and go on when it answers`,
    targetMs,
    inTests,
    run: async (rig, trials) => {
      await trials.warmUp()
      const before = rig.load.counts()
      await trials.cause('kill -9 Redis', `${downS} s`, async () => {
        await rig.stores.killRedis()
        await delay(downS * 1_000)
        await rig.stores.startRedis()
      })
      const after = rig.load.counts()
      const [sent, atOnce] = [after.sent - before.sent, after.acceptedAtOnce - before.acceptedAtOnce]
      trials.figure('accepted at once during and after', `${atOnce} of ${sent}`)
      // The last requests may still be under way.
      trials.expect(atOnce >= 0.9 * sent, 'jobs are accepted while Redis is away')
    },
  }
}
