import { setTimeout as delay } from 'node:timers/promises'
import { percentile99 } from '../line/percentile.ts'
import type { Scenario } from '../line/scenario.ts'
import type { Rig } from '../line/start-rig.ts'

const ANSWER_MS = 300
const SEND_MS = 2_000

export const freezeRedis = silentRedis({
  name: 'freeze-redis',
  fault: 'SIGSTOP Redis',
  silentS: 40,
  begin: async ({ stores }) => stores.freezeRedis(),
  end: async ({ stores }) => stores.thawRedis(),
})
export const blackholeRedis = silentRedis({
  name: 'blackhole-redis',
  fault: 'blackhole before Redis',
  silentS: 60,
  begin: ({ members }) => everyWay(members, 'blackhole'),
  end: ({ members }) => everyWay(members, 'pass'),
})

type Silence = {
  name: string
  fault: string
  silentS: number
  begin(rig: Rig): Promise<void>
  end(rig: Rig): Promise<void>
}

function silentRedis({ name, fault, silentS, begin, end }: Silence): Scenario {
  return {
    row: 7,
    name,
    title: `Redis takes connections and says nothing for ${silentS} s: who submits notices nothing`,
    targetMs: 5_000,
    inTests: false,
    run: async (rig, trials) => {
      await trials.warmUp()
      const before = rig.load.counts()
      let during = before
      await trials.cause(fault, `${silentS} s`, async () => {
        await begin(rig)
        await delay(silentS * 1_000)
        during = rig.load.counts()
        await end(rig)
      })
      const usual = percentile99(before.answerMs)
      const answers = during.answerMs.slice(before.answerMs.length)
      const slowest = Math.max(...answers)
      const p99 = percentile99(answers)
      trials.figure('p99 of answers', `${Math.round(p99)} ms, ${Math.round(usual)} ms before`)
      trials.figure('slowest answer', `${Math.round(slowest)} ms`)
      const [sent, atOnce] = [during.sent - before.sent, during.acceptedAtOnce - before.acceptedAtOnce]
      trials.expect(atOnce >= 0.9 * sent, 'jobs are accepted while Redis is silent')
      // A machine that was slow before is slow now.
      trials.expect(
        p99 <= 2 * Math.max(ANSWER_MS, usual),
        `99 % are answered within ${ANSWER_MS} ms, twice that at worst`,
      )
      trials.expect(
        slowest <= 2 * SEND_MS + usual,
        `nobody waits longer than ${SEND_MS} ms for Redis, twice that at worst`,
      )
    },
  }
}

async function everyWay(members: Rig['members'], kind: 'blackhole' | 'pass'): Promise<void> {
  await Promise.all(members.map(({ redis }) => redis.set({ kind })))
}
