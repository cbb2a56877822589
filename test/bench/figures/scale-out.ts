import { contenderOf } from '../contenders/index.ts'
import { costBetween, type Drain } from '../rig/drain.ts'
import { startRig } from '../rig/rig.ts'
import { medianOf, type Figure } from './figure.ts'
import { eachInTurn, oncePerRound, rounded } from './rounds.ts'

const ONE = 'stageline-waiting-1'
const EIGHT = 'stageline-waiting-8'
/** So that each works for some seconds. */
const ITEMS: Readonly<Record<string, number>> = { [ONE]: 2_000, [EIGHT]: 16_000 }
const LONGEST_MS = 300_000
/** At the end fewer are left than could be in hand. */
const STEADY = 0.95

type Steady = Pick<Drain, 'cpu' | 'others'> & {
  /** Items a second from when all are submitted until few are left. */
  rate: number
}

async function steadyRate(name: string): Promise<Steady> {
  const items = ITEMS[name]!
  await using rig = await startRig(contenderOf(name))
  const submitted = rig.submitter.next('submitted')
  rig.submitter.ask({ kind: 'submit', from: 1, count: items })
  const { ended } = await submitted
  const [before, began, done] = [rig.cost(), performance.now(), rig.doneAt.size]
  await rig.untilDone(items, LONGEST_MS)
  const seconds = (performance.now() - began) / 1_000
  const cost = costBetween(before, rig.cost(), { items: items - done, seconds })
  const ends = [...rig.doneAt.values()].sort((a, b) => a - b)
  const last = Math.floor(items * STEADY)
  const first = ends.findIndex((at) => at > ended)
  if (first < 0 || first > last / 2) throw new Error(`${name} works faster than the bench submits`)
  return { ...cost, rate: ((last - first) * 1_000) / (ends[last]! - ends[first]!) }
}

const rounds = oncePerRound((round, report) =>
  eachInTurn([ONE, EIGHT], round, async (name) => {
    const steady = await steadyRate(name)
    report(`${name} ${Math.round(steady.rate)} jobs/s (others: ${steady.others.toFixed(2)} cores)`)
    return steady
  }),
)

export const scaleOut: Figure = {
  name: 'scale-out',
  title: 'Eight processes of a slow stage beside one (10 ms of waiting, concurrency 4, bundle 1)',
  unit: '× one process',
  better: 'more',
  target: 7.2,
  floor: 6,
  reference: '8 is all there is',
  measure: async (options) => {
    const all = await rounds(options)
    const of = (name: string) => all.map((round) => Math.round(round.get(name)!.rate))
    const part = (pick: (one: Steady) => number) => rounded(medianOf(all.map((round) => pick(round.get(EIGHT)!))))
    return {
      values: all.map((round) => round.get(EIGHT)!.rate / round.get(ONE)!.rate),
      ours: of(EIGHT),
      notes: {
        'jobs/s of one process': medianOf(of(ONE)),
        'of eight': medianOf(of(EIGHT)),
        'at most': 3_200,
        'CPU s per 1,000 of eight': part(({ cpu }) => cpu.all),
        'of it workers': part(({ cpu }) => cpu.worker),
        services: part(({ cpu }) => cpu.services),
        Postgres: part(({ cpu }) => cpu.postgres),
        Redis: part(({ cpu }) => cpu.redis),
        'others used, cores': part(({ others }) => others),
      },
    }
  },
}
