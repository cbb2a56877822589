import { setTimeout as delay } from 'node:timers/promises'
import { MIX } from '../line/job-mix.ts'
import type { Scenario } from '../line/scenario.ts'

const TIMES = 4
const EVERY_MS = 5_000

export const killOrchestrator: Scenario = {
  row: 5,
  name: 'kill-orchestrator',
  title: 'retries that are due go on while one orchestrator after the other is killed',
  targetMs: 3_000,
  inTests: true,
  run: async (rig, trials) => {
    await trials.warmUp({ mix: { ...MIX, flaky: 0.4 } })
    const orchestrators = rig.of('orchestrator')
    for (let i = 0; i < TIMES; i += 1) {
      const victim = orchestrators[i % orchestrators.length]!
      await victim.whenReady(30_000)
      await trials.cause(
        'kill -9 orchestrator',
        victim.name,
        async () => {
          victim.kill()
          const due = `SELECT id FROM jobs WHERE state = 'retrying' AND due_at < stageline_now() + interval '500 ms'`
          return (await rig.admin.query<{ id: string }>(due)).map(({ id }) => id)
        },
        { measure: 'jobs' },
      )
      await delay(EVERY_MS)
    }
    trials.figure('retries under way', trials.recoveriesMs().length)
    trials.expect(trials.recoveriesMs().length > 0, 'retries were due when an orchestrator was killed')
  },
}
