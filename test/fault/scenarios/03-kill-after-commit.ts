import { waitFor } from '@stageline/testkit'
import { unsentJobs } from '../line/in-hand.ts'
import { STAGES } from '../line/job-mix.ts'
import type { Member } from '../line/member.ts'
import type { Scenario } from '../line/scenario.ts'
import type { Rig } from '../line/start-rig.ts'
import type { Trials } from '../line/trials.ts'

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
      await trials.cause('kill -9 between commit and send', victim!.name, () => killAt(rig, [victim!], 'recorded'), {
        measure: 'jobs',
      })
      await victim!.whenReady(30_000)
    }
    trials.figure('unsent jobs', trials.recoveriesMs().length)
    trials.expect(trials.recoveriesMs().length > 0, 'something was committed and not sent')
  },
}

/** Whom death meets at which point of the code; what a worker has in hand besides is row 1's. */
const DEATHS = [
  ['classification', 'recording', 'before the commit'],
  ['extraction', 'recorded', 'between commit and send'],
  ['enrichment', 'sent', 'after the send, before it knows'],
  ['gateway', 'recorded', 'between commit and send'],
  ['gateway', 'sent', 'after the send, before the answer'],
  ['orchestrator', 'recording', 'before the commit of what is due'],
  ['orchestrator', 'recorded', 'between commit and send of what is due'],
] as const

export const killAtCodePoints: Scenario = {
  row: 3,
  name: 'kill-at-code-points',
  title: 'wherever in its work a process dies, what it left unsent is sent by others',
  targetMs: 5_000,
  inTests: false,
  run: async (rig, trials) => {
    await trials.warmUp()
    for (const [i, [group, point, where]] of DEATHS.entries()) {
      // One that dies again and again would not be started any more.
      const victim = rig.of(group)[i % 2]
      const { itemsMs } = await trials.cause(`kill -9 ${where}`, victim!.name, () => killAt(rig, [victim!], point), {
        measure: 'jobs',
      })
      trials.figure(`unsent, ${group} ${where}`, itemsMs.length)
      await victim!.whenReady(30_000)
    }
    await killRepair(rig, trials)
  },
}

/** Whoever of the orchestrators takes up what a worker left unsent dies before it has sent it. */
async function killRepair(rig: Rig, trials: Trials): Promise<void> {
  const repair = async () => {
    const dying = killAt(rig, rig.of('orchestrator'), 'repairing')
    await killAt(rig, rig.of('extraction').slice(0, 1), 'recorded')
    return dying
  }
  const { itemsMs } = await trials.cause('kill -9 in repair', 'before it sends', repair, { measure: 'jobs' })
  trials.figure('unsent, orchestrator in repair', itemsMs.length)
  trials.expect(itemsMs.length > 0, 'repair died with something to send')
}

/** @returns the jobs whose message was not sent when the first of them died */
async function killAt(rig: Rig, victims: readonly Member[], point: string): Promise<string[]> {
  const deaths = () => victims.reduce((sum, victim) => sum + victim.deaths(), 0)
  const before = deaths()
  for (const victim of victims) victim.breakAt(`${point}:kill`)
  await waitFor(() => deaths() > before, {
    timeoutMs: 20_000,
    message: `one of ${victims.map(({ name }) => name).join(', ')} to die`,
  })
  for (const victim of victims) victim.breakAt('')
  return unsentJobs(rig)
}
