import { setTimeout as delay } from 'node:timers/promises'
import { crashesIn, deathsIn } from '../line/crashes.ts'
import { heldMessages } from '../line/in-hand.ts'
import { STAGES } from '../line/job-mix.ts'
import { memoryOf } from '../line/memory-of.ts'
import type { Scenario } from '../line/scenario.ts'
import type { Rig } from '../line/start-rig.ts'

const DOWN_S = 60
/** By then everybody has noticed, and what was under way elsewhere has come. */
const NOTICED_S = 5
/** Long enough for a claim, whose lease ends while nobody can renew it. */
const LOAD = { ratePerS: 10, slowMs: 400 }
const MEMORY_GROWTH = 0.25

export const postgresDown: Scenario = {
  row: 13,
  name: 'postgres-down-60s',
  title: 'Postgres is away for a minute: workers hold what they have, and nobody crashes or is taken for crashed',
  targetMs: 10_000,
  inTests: false,
  run: async (rig, trials) => {
    await trials.warmUp(LOAD)
    const [deathsBefore, crashesBefore] = [deathsIn(rig), await crashesIn(rig)]
    let [held, kept, unlocked] = [new Set<string>(), new Set<string>(), 0]
    let growth: readonly { name: string; share: number }[] = []
    await trials.cause('Postgres down', `${DOWN_S} s`, async () => {
      await rig.stores.crashPostgres()
      await delay(NOTICED_S * 1_000)
      held = new Set((await heldByAll(rig)).map(({ id }) => id))
      const before = await Promise.all(rig.members.map(memoryOf))
      await delay((DOWN_S - NOTICED_S) * 1_000)
      const last = await heldByAll(rig)
      kept = held.intersection(new Set(last.map(({ id }) => id)))
      unlocked = last.filter(({ isLocked }) => !isLocked).length
      const after = await Promise.all(rig.members.map(memoryOf))
      growth = rig.members.map(({ name }, i) => ({ name, share: after[i]! / before[i]! - 1 }))
      await rig.stores.startPostgres()
    })
    const most = growth.toSorted((a, b) => b.share - a.share)[0]!
    trials.figure('messages held', held.size)
    trials.figure('largest growth', `${most.name} ${Math.round(100 * most.share)} %`)
    trials.expect(held.size > 0, 'workers had messages in hand')
    trials.expect(kept.size === held.size, `all messages in hand are held, ${held.size - kept.size} were not`)
    trials.expect(unlocked === 0, `the locks of what is in hand are renewed, ${unlocked} were not`)
    trials.expect(most.share <= MEMORY_GROWTH, `no process grows by more than ${100 * MEMORY_GROWTH} %`)
    trials.expect(deathsIn(rig) === deathsBefore, 'no process ends')
    const crashes = (await crashesIn(rig)) - crashesBefore
    trials.expect(crashes === 0, `no worker is taken for crashed, ${crashes} steps were`)
  },
}

const heldByAll = async (rig: Rig) => (await Promise.all(STAGES.map((stage) => heldMessages(rig, stage)))).flat()
