import { waitFor } from '@stageline/testkit'
import { contenderOf } from '../contenders/index.ts'
import { submitEach } from '../rig/calls.ts'
import { startRig } from '../rig/rig.ts'
import { medianOf, percentileOf, type Figure } from './figure.ts'
import { eachInTurn, oncePerRound, rounded } from './rounds.ts'

const OURS = 'stageline'
const OVER_HTTP = 'stageline-http'
const PEER = 'bullmq'
const JOBS = 100
const PER_SECOND = 5

/** Ms from the call of the submitter to the start of the first stage's handler, and to the answer of the call. */
async function starts(name: string): Promise<{ started: number[]; answered: number[] }> {
  await using rig = await startRig(contenderOf(name))
  for (const worker of rig.workers) worker.ask({ kind: 'watch' })
  const { calls } = await submitEach(rig, { from: 1, count: JOBS, perSecond: PER_SECOND })
  await waitFor(() => rig.startedAt.size >= JOBS, { message: `${JOBS} handlers of ${name} to start` })
  return {
    started: calls.map(({ item, called }) => rig.startedAt.get(item)! - called),
    answered: calls.map(({ called, answered }) => answered - called),
  }
}

const rounds = oncePerRound((round, report) =>
  eachInTurn([OURS, PEER, OVER_HTTP], round, async (name) => {
    const all = await starts(name)
    report(`${name} p50 ${rounded(percentileOf(all.started, 0.5))}, p99 ${rounded(percentileOf(all.started, 0.99))} ms`)
    return all
  }),
)

export const firstStage: Figure = {
  name: 'first-stage',
  title: 'One job at a time on an idle line: from the call to the start of the first handler, p50',
  unit: 'ms',
  better: 'less',
  target: 5,
  floor: 10,
  reference: '–',
  measure: async (options) => {
    const all = await rounds(options)
    const of = (name: string, share: number) => all.map((round) => percentileOf(round.get(name)!.started, share))
    return {
      values: of(OURS, 0.5),
      peers: { [PEER]: of(PEER, 0.5) },
      notes: {
        p99: rounded(medianOf(of(OURS, 0.99))),
        'until the call is answered, p50': rounded(
          medianOf(all.map((round) => percentileOf(round.get(OURS)!.answered, 0.5))),
        ),
        'over HTTP, p50': rounded(medianOf(of(OVER_HTTP, 0.5))),
      },
    }
  },
}
