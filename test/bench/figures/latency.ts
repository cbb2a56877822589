import { contenderOf } from '../contenders/index.ts'
import { submitEach } from '../rig/calls.ts'
import { startRig } from '../rig/rig.ts'
import { medianOf, percentileOf, type Figure } from './figure.ts'
import { eachInTurn, oncePerRound, rounded } from './rounds.ts'

const OURS = 'stageline'
const OVER_HTTP = 'stageline-http'
const PEERS = ['bullmq', 'pg-boss']
const PER_SECOND = 50
const SECONDS = 20

/** Ms from the due time to the end that the engine has recorded, one an item. */
async function latencies(name: string): Promise<number[]> {
  await using rig = await startRig(contenderOf(name))
  const { calls } = await submitEach(rig, { from: 1, count: PER_SECOND * SECONDS, perSecond: PER_SECOND })
  await rig.untilDone(calls.length)
  return calls.map(({ id, due }) => rig.doneAt.get(id)! - due)
}

const rounds = oncePerRound((round, report) =>
  eachInTurn([OURS, ...PEERS, OVER_HTTP], round, async (name) => {
    const all = await latencies(name)
    report(`${name} p50 ${rounded(percentileOf(all, 0.5))}, p99 ${rounded(percentileOf(all, 0.99))} ms`)
    return all
  }),
)

type About = Pick<Figure, 'name' | 'title' | 'target' | 'floor' | 'reference'>

function latency(share: number, about: About): Figure {
  return {
    ...about,
    unit: 'ms',
    better: 'less',
    measure: async (options) => {
      const all = await rounds(options)
      const of = (name: string, at = share) => all.map((round) => percentileOf(round.get(name)!, at))
      return {
        values: of(OURS),
        peers: Object.fromEntries(PEERS.map((name) => [name, of(name)])),
        notes: {
          'over HTTP': rounded(medianOf(of(OVER_HTTP))),
          'in process p99.9': rounded(medianOf(of(OURS, 0.999))),
          longest: rounded(medianOf(of(OURS, 1))),
        },
      }
    },
  }
}

export const latencyP50 = latency(0.5, {
  name: 'latency-p50',
  title: `${PER_SECOND} jobs/s, one a call: from the due time to the recorded end of the fourth stage, p50`,
  target: 8,
  floor: 12,
  reference: 'BullMQ 3.5 without record, Restate 9, DBOS 21',
})

export const latencyP99 = latency(0.99, {
  name: 'latency-p99',
  title: 'The same, p99',
  target: 20,
  floor: 40,
  reference: 'BullMQ 8.8 without record, Restate 18, DBOS 43',
})
