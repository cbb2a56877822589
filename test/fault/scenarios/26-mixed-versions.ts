import { checkOutEarlier } from '../line/earlier-checkout.ts'
import { STAGES } from '../line/job-mix.ts'
import { metricOf } from '../line/metric-of.ts'
import type { Scenario } from '../line/scenario.ts'
import type { Rig } from '../line/start-rig.ts'

export const mixedVersions: Scenario = {
  row: 26,
  name: 'mixed-versions',
  title: 'an earlier version works beside the present one over the present schema: both write legal history',
  inTests: false,
  rig: async ({ earlier }, stack) => {
    const checkout = await checkOutEarlier(earlier)
    if (typeof checkout === 'string') return checkout
    return { earlier: stack.use(checkout).root }
  },
  run: async (rig, trials) => {
    await trials.warmUp({ slowMs: 100 })
    const written = await recordsWritten(rig)
    for (const [version, records] of Object.entries(written)) trials.figure(`records of the ${version}`, records)
    trials.expect(written.earlier > 0 && written.present > 0, 'processes of both versions record')
    for (const [i, stage] of STAGES.entries()) await kill(stage, i % 2)
    await kill('orchestrator', 0)
    await kill('orchestrator', 1)
    await kill('gateway', 1)
    await trials.cause('FLUSHALL', 'redis', () => rig.stores.flushRedis())

    async function kill(group: string, which: number): Promise<void> {
      const victim = rig.of(group)[which]!
      await trials.cause('kill -9', victim.name, async () => victim.kill())
      await victim.whenReady(60_000)
    }
  },
}

/** The second of each kind is of the earlier version. */
async function recordsWritten(rig: Rig): Promise<{ present: number; earlier: number }> {
  const workers = STAGES.map((stage) => rig.of(stage))
  const sumOf = async (which: number) => {
    const counts = await Promise.all(workers.map((members) => metricOf(members[which]!, 'records_written')))
    return Math.min(...counts)
  }
  return { present: await sumOf(0), earlier: await sumOf(1) }
}
