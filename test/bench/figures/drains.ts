import { CONTENDERS, contenderOf } from '../contenders/index.ts'
import { drain, type Drain } from '../rig/drain.ts'
import { medianOf, type Figure, type Measured, type MeasureOptions } from './figure.ts'

const BASE = CONTENDERS[0]!.name

/** Drains of this run, by round and contender: figures that are made of the same ones share them. */
const measured = new Map<string, Promise<Drain>>()

async function drains(names: readonly string[], { rounds, report }: MeasureOptions): Promise<Map<string, Drain>[]> {
  const all: Map<string, Drain>[] = []
  for (let round = 1; round <= rounds; round += 1) {
    // Whoever comes first finds another machine than whoever comes last.
    const order = round % 2 === 1 ? names : names.toReversed()
    const ofRound = new Map<string, Drain>()
    for (const name of order) ofRound.set(name, await drainOnce(name, round, report))
    all.push(ofRound)
  }
  return all
}

async function drainOnce(name: string, round: number, report: MeasureOptions['report']): Promise<Drain> {
  const key = `${round} ${name}`
  const known = measured.get(key)
  if (known) return known
  const drained = drain(contenderOf(name))
  measured.set(key, drained)
  const { rate, cpu, others } = await drained
  report(
    `round ${round}: ${name} ${Math.round(rate)} items/s, ${cpu.all.toFixed(3)} CPU s per 1,000 (others: ${others.toFixed(2)} cores)`,
  )
  return drained
}

/** How many times as fast as hand-chained BullMQ in the same round. */
export function timesAsFast(
  contender: string,
  peers: readonly string[],
  about: Omit<Figure, 'measure' | 'unit' | 'better'>,
): Figure {
  return {
    ...about,
    unit: '× BullMQ',
    better: 'more',
    measure: async (options) => {
      const rounds = await drains([BASE, contender, ...peers], options)
      const rates = (name: string) => rounds.map((round) => Math.round(round.get(name)!.rate))
      return {
        values: rounds.map((round) => round.get(contender)!.rate / round.get(BASE)!.rate),
        ours: rates(contender),
        peers: Object.fromEntries([BASE, ...peers].map((name) => [name, rates(name)])),
        notes: notesOf(rounds, contender),
      }
    },
  }
}

/** Processor seconds of all processes, servers included. */
export function costOf(
  contender: string,
  peers: readonly string[],
  about: Omit<Figure, 'measure' | 'unit' | 'better'>,
): Figure {
  return {
    ...about,
    unit: 'CPU s per 1,000',
    better: 'less',
    measure: async (options): Promise<Measured> => {
      const rounds = await drains([BASE, contender, ...peers], options)
      const costs = (name: string) => rounds.map((round) => round.get(name)!.cpu.all)
      return {
        values: costs(contender),
        peers: Object.fromEntries([BASE, ...peers].map((name) => [name, costs(name)])),
        notes: notesOf(rounds, contender),
      }
    },
  }
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
