import { idle, REAL_STAGES, type Idle } from '../rig/idle.ts'
import { medianOf, type Figure } from './figure.ts'
import { oncePerRound, rounded } from './rounds.ts'

const allOf = ({ cpu }: Idle): number => [...cpu.values()].reduce((sum, one) => sum + one, 0)
const largestOf = ({ memory }: Idle): number => Math.max(...REAL_STAGES.map((name) => memory.get(name)!))

const rounds = oncePerRound(async (_round, report) => {
  const measured = await idle()
  report(`${rounded(allOf(measured))} % of a core, the largest stage process ${rounded(largestOf(measured))} MB`)
  return measured
})

/** The medians of what each part takes. */
function partsOf(all: readonly Idle[], pick: (one: Idle) => Map<string, number>): Record<string, number> {
  const names = [...pick(all[0]!).keys()]
  return Object.fromEntries(names.map((name) => [name, rounded(medianOf(all.map((one) => pick(one).get(name)!)))]))
}

export const idleCpu: Figure = {
  name: 'idle-cpu',
  title: 'Gateway, orchestrator, the four stages, Postgres and Redis with nothing to do',
  unit: '% of a core',
  better: 'less',
  target: 3,
  floor: 6,
  reference: '–',
  measure: async (options) => {
    const all = await rounds(options)
    return { values: all.map(allOf), notes: partsOf(all, ({ cpu }) => cpu) }
  },
}

export const idleMemory: Figure = {
  name: 'idle-memory',
  title: 'The largest of the four stage processes before its first document',
  unit: 'MB',
  better: 'less',
  target: 120,
  floor: 160,
  reference: '–',
  measure: async (options) => {
    const all = await rounds(options)
    return { values: all.map(largestOf), notes: partsOf(all, ({ memory }) => memory) }
  },
}
