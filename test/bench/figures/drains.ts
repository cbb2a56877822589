import { CONTENDERS, contenderOf } from '../contenders/index.ts'
import { drain, type Drain } from '../rig/drain.ts'
import { medianOf, type Figure, type MeasureOptions } from './figure.ts'

const BASE = CONTENDERS[0]!.name

/** Rounds of this run, by their contenders: figures of the same ones share them. */
const measured = new Map<string, Promise<Map<string, Drain>[]>>()

function drains(names: readonly string[], options: MeasureOptions): Promise<Map<string, Drain>[]> {
  const key = names.join()
  const known = measured.get(key) ?? drainInRounds(names, options)
  measured.set(key, known)
  return known
}

/** Within a round one follows the other at once: machines change their pace within minutes. */
async function drainInRounds(
  names: readonly string[],
  { rounds, report }: MeasureOptions,
): Promise<Map<string, Drain>[]> {
  const all: Map<string, Drain>[] = []
  for (let round = 1; round <= rounds; round += 1) {
    // Whoever comes first finds another machine than whoever comes last.
    const order = round % 2 === 1 ? names : names.toReversed()
    const ofRound = new Map<string, Drain>()
    for (const name of order) {
      const drained = await drain(contenderOf(name))
      ofRound.set(name, drained)
      const { rate, cpu, others } = drained
      report(
        `round ${round}: ${name} ${Math.round(rate)} items/s, ${cpu.all.toFixed(3)} CPU s per 1,000 (others: ${others.toFixed(2)} cores)`,
      )
    }
    all.push(ofRound)
  }
  return all
}

type About = Omit<Figure, 'measure' | 'unit' | 'better'>

/** How many times as fast as hand-chained BullMQ in the same round. */
export const timesAsFast = (contender: string, peers: readonly string[], about: About): Figure => ({
  ...about,
  unit: '× BullMQ',
  better: 'more',
  measure: async (options) => {
    const { rounds, each, rest } = await compare(contender, peers, options, ({ rate }) => Math.round(rate))
    const values = rounds.map((round) => round.get(contender)!.rate / round.get(BASE)!.rate)
    return { values, ours: each(contender), ...rest }
  },
})

/** Processor seconds of all processes, servers included. */
export const costOf = (contender: string, peers: readonly string[], about: About): Figure => ({
  ...about,
  unit: 'CPU s per 1,000',
  better: 'less',
  measure: async (options) => {
    const { each, rest } = await compare(contender, peers, options, ({ cpu }) => cpu.all)
    return { values: each(contender), ...rest }
  },
})

/** Processor seconds of all processes, as a multiple of what another took in the same round. */
export const costBeside = (contender: string, other: string, about: About): Figure => ({
  ...about,
  unit: `× ${other}`,
  better: 'less',
  measure: async (options) => {
    const rounds = await drains([other, contender], options)
    const of = (name: string) => rounds.map((round) => round.get(name)!.cpu.all)
    const [ours, others] = [of(contender), of(other)]
    return {
      values: ours.map((cost, i) => cost / others[i]!),
      ours,
      peers: { [other]: others },
      notes: notesOf(rounds, contender),
    }
  },
})

/** What is compared of each, beside hand-chained BullMQ and these peers in the same rounds. */
async function compare(
  contender: string,
  peers: readonly string[],
  options: MeasureOptions,
  compared: (one: Drain) => number,
) {
  const rounds = await drains([BASE, contender, ...peers], options)
  const each = (name: string) => rounds.map((round) => compared(round.get(name)!))
  const beside = Object.fromEntries([BASE, ...peers].map((name) => [name, each(name)]))
  return { rounds, each, rest: { peers: beside, notes: notesOf(rounds, contender) } }
}

function notesOf(rounds: readonly Map<string, Drain>[], contender: string): Record<string, string | number> {
  const ours = rounds.map((round) => round.get(contender)!)
  const part = (pick: (one: Drain) => number) => Number(medianOf(ours.map(pick)).toFixed(3))
  return {
    'CPU s per 1,000': part(({ cpu }) => cpu.all),
    'of it worker': part(({ cpu }) => cpu.worker),
    submitter: part(({ cpu }) => cpu.submitter),
    services: part(({ cpu }) => cpu.services),
    Postgres: part(({ cpu }) => cpu.postgres),
    Redis: part(({ cpu }) => cpu.redis),
    'others used, cores': part(({ others }) => others),
  }
}
