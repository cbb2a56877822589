import { contenderOf } from '../contenders/index.ts'
import { submitEach, type Calls } from '../rig/calls.ts'
import { startRig } from '../rig/rig.ts'
import { medianOf, percentileOf, type Figure } from './figure.ts'
import { oncePerRound, rounded } from './rounds.ts'

const TARGET = 2_000
const FLOOR = 1_200
const IN_FLIGHT = 64
const SECONDS = 10

type Submits = {
  /** Jobs a second with 64 requests at once. */
  rate: number
  cpu: Calls['cpu']
  others: number
  /** Ms from the due time to the answer of requests that come at half of the target and at half of the floor. */
  atHalf: number[]
  atHalfOfFloor: number[]
}

const rounds = oncePerRound(async (_round, report): Promise<Submits> => {
  await using rig = await startRig(contenderOf('stageline-http'))
  // Nobody works what is submitted from here on.
  await Promise.all(rig.workers.map((worker) => worker.stop()))
  await submitEach(rig, { from: 1, count: 3_000, inFlight: IN_FLIGHT })
  await rig.analyze()
  const onTime = async (from: number, perSecond: number) => {
    const { calls } = await submitEach(rig, { from, count: perSecond * SECONDS, perSecond })
    return calls.map(({ due, answered }) => answered - due)
  }
  const atHalf = await onTime(100_000, TARGET / 2)
  const atHalfOfFloor = await onTime(200_000, FLOOR / 2)
  const count = TARGET * SECONDS
  const { began, ended, cpu, others } = await submitEach(rig, { from: 300_000, count, inFlight: IN_FLIGHT })
  const rate = (count * 1_000) / (ended - began)
  report(
    `${Math.round(rate)} jobs/s; at ${TARGET / 2}/s p99 ${rounded(percentileOf(atHalf, 0.99))} ms (others: ${others.toFixed(2)} cores)`,
  )
  return { rate, cpu, others, atHalf, atHalfOfFloor }
})

export const submitOne: Figure = {
  name: 'submit-one',
  title: `Single POST /v1/jobs, ${IN_FLIGHT} at once, stage workers stopped`,
  unit: 'jobs/s',
  better: 'more',
  target: TARGET,
  floor: FLOOR,
  reference: '–',
  measure: async (options) => {
    const all = await rounds(options)
    const part = (pick: (one: Submits) => number) => rounded(medianOf(all.map(pick)))
    return {
      values: all.map(({ rate }) => rate),
      notes: {
        'CPU s per 1,000': part(({ cpu }) => cpu.all),
        'of it gateway and orchestrator': part(({ cpu }) => cpu.services),
        client: part(({ cpu }) => cpu.submitter),
        Postgres: part(({ cpu }) => cpu.postgres),
        Redis: part(({ cpu }) => cpu.redis),
        'others used, cores': part(({ others }) => others),
      },
    }
  },
}

export const submitOneP99: Figure = {
  name: 'submit-one-p99',
  title: `The same at ${TARGET / 2}/s: from the due time to the answer, p99`,
  unit: 'ms',
  better: 'less',
  target: 50,
  // No other bound is named for a rate at the floor, where the half is less; the note says what that gives.
  floor: 50,
  reference: '–',
  measure: async (options) => {
    const all = await rounds(options)
    const at = (of: (one: Submits) => number[], share: number) => all.map((one) => percentileOf(of(one), share))
    return {
      values: at(({ atHalf }) => atHalf, 0.99),
      notes: {
        p50: rounded(medianOf(at(({ atHalf }) => atHalf, 0.5))),
        'p99.9': rounded(medianOf(at(({ atHalf }) => atHalf, 0.999))),
        [`p99 at ${FLOOR / 2}/s`]: rounded(medianOf(at(({ atHalfOfFloor }) => atHalfOfFloor, 0.99))),
      },
    }
  },
}
