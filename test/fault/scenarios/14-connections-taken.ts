import { countAnswers } from '../line/count-answers.ts'
import { deathsIn } from '../line/crashes.ts'
import { takeConnections } from '../line/hog.ts'
import type { Scenario } from '../line/scenario.ts'
import { watchReadiness } from '../line/watch-readiness.ts'

/** Longer than a pool keeps a connection that it need not hold. */
const HELD_MS = 45_000
/** Room for what the processes hold and little more, so that it is soon taken. */
const MAX_CONNECTIONS = 100
const ACCEPTED_AT_LEAST = 0.9
const STEPS_AT_LEAST = 0.9

export const connectionsTaken: Scenario = {
  row: 14,
  name: 'connections-taken',
  title: 'somebody takes every connection of Postgres: what each process holds is enough to go on with',
  targetMs: 5_000,
  inTests: false,
  rig: { postgresSettings: { max_connections: String(MAX_CONNECTIONS) } },
  run: async (rig, trials) => {
    await trials.warmUp()
    const [deathsBefore, before] = [deathsIn(rig), rig.load.counts()]
    let [during, pace, taken] = [before, 0, 0]
    let unready: readonly string[] = []
    using answers = countAnswers(rig.recorder)
    const { baseline } = await trials.cause('connections taken', `${HELD_MS / 1_000} s`, async () => {
      await using hog = await takeConnections(rig)
      unready = await watchReadiness(rig.members, HELD_MS)
      during = rig.load.counts()
      pace = rig.watch.rate(HELD_MS)
      taken = hog.count()
    })
    const [sent, atOnce] = [during.sent - before.sent, during.acceptedAtOnce - before.acceptedAtOnce]
    trials.figure('connections taken', taken)
    trials.figure('steps/s meanwhile', Math.round(pace))
    trials.figure('answers', JSON.stringify(Object.fromEntries(answers.byStatus())))
    trials.expect(taken > 0, 'connections were free to be taken')
    trials.expect(atOnce >= ACCEPTED_AT_LEAST * sent, `jobs are accepted all the while: ${atOnce} of ${sent} were`)
    trials.expect(pace >= STEPS_AT_LEAST * baseline, 'steps, retries among them, go on as before')
    trials.expect(unready.length === 0, `every process says that it is ready, but ${unready.join(', ')}`)
    trials.expect(deathsIn(rig) === deathsBefore, 'no process ends')
  },
}
