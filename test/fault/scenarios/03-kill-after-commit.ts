import { waitFor } from '@stageline/testkit'
import { unsentJobs } from '../line/in-hand.ts'
import { STAGES } from '../line/job-mix.ts'
import type { Scenario } from '../line/scenario.ts'

export const killAfterCommit: Scenario = {
  row: 3,
  name: 'kill-after-commit',
  title: 'what was committed and not sent is sent by the repair',
  targetMs: 5_000,
  inTests: true,
  run: async (rig, trials) => {
    await trials.warmUp()
    // What the last stage commits queues nothing.
    for (const stage of STAGES.slice(0, -1)) {
      const [victim] = rig.of(stage)
      await trials.cause(
        'kill -9 between commit and send',
        victim!.name,
        async () => {
          const deaths = victim!.deaths()
          victim!.breakAt('recorded:kill')
          await waitFor(() => victim!.deaths() > deaths, { timeoutMs: 20_000, message: `${victim!.name} to die` })
          victim!.breakAt('')
          return unsentJobs(rig)
        },
        { measure: 'jobs' },
      )
      await victim!.whenReady(30_000)
    }
    trials.figure('unsent jobs', trials.recoveriesMs().length)
    trials.expect(trials.recoveriesMs().length > 0, 'something was committed and not sent')
  },
}
