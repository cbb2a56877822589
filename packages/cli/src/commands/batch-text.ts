import type { Output } from '../output/output.ts'
import { showTime } from '../output/plain-text.ts'
import { facts, table, type Column } from '../output/table.ts'
import { atRest, type Batch } from '../waiting.ts'

type Run = NonNullable<Batch['run']>
export type Sampled = Run['sample'][number]
type Fault = Run['faults'][number]

/** As many faults as a person reads. */
const SHOWN = 20

export function batchText(batch: Batch, out: Output): string {
  const { id, name, actor, createdAt, total, byState, run } = batch
  const states = Object.entries(byState).filter(([, jobs]) => jobs > 0)
  return [
    facts([
      ['batch', id],
      ['name', name],
      ['by', `${actor}, ${showTime(createdAt)}`],
      ...(run ? readingFacts(run) : []),
      ...(run?.dryRun ? [] : [['jobs', `${total}, ${atRest(batch)} of them through`] as const]),
      ...states.map(([state, jobs]) => [`  ${state}`, String(jobs)] as const),
    ]),
    ...(run ? found(run, out) : []),
    ...hints(batch, out),
  ].join('\n')
}

const readingFacts = (run: Run): (readonly [string, string | null])[] => [
  ['source', run.source],
  ['read', `${run.read} records, ${run.state}${run.nextTryAt === null ? '' : `, next try ${showTime(run.nextTryAt)}`}`],
  [run.dryRun ? 'would submit' : 'submitted', String(run.submitted)],
  ...Object.entries(run.routes)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([route, jobs]) => [`  to ${route}`, String(jobs)] as const),
  ['left out', run.skipped > 0 ? String(run.skipped) : null],
  ['refused', run.refused > 0 ? String(run.refused) : null],
  ['error', run.error && `${run.error.code}: ${run.error.message}`],
]

const FAULT_COLUMNS: Column<Fault>[] = [
  { title: 'record', of: ({ position }) => position },
  { title: 'why', of: ({ detail }) => detail, shrinkTo: 20 },
]

function found({ faults, sample }: Run, out: Output): string[] {
  return [
    ...(sample.length > 0 ? [`\nThe first of them:\n${sampleText(sample, out)}`] : []),
    ...(faults.length > 0 ? [`\nRefused:\n${faultsText(faults, out)}`] : []),
  ]
}

const SAMPLE_COLUMNS: Column<Sampled>[] = [
  { title: 'record', of: ({ position }) => position },
  { title: 'key', of: ({ businessKey }) => businessKey ?? '–', shrinkTo: 8 },
  { title: 'prio', of: ({ priority }) => priority?.toFixed(2) ?? '–' },
  { title: 'route', of: ({ route }) => route ?? '–' },
  { title: 'rule', of: ({ rule }) => rule ?? '–', shrinkTo: 8 },
  { title: 'problem', of: ({ problems: [first] }) => (first ? `${first.pointer} ${first.detail}` : ''), shrinkTo: 8 },
]

/** Records as they would be submitted, and where each would go. */
export const sampleText = (sample: readonly Sampled[], { width }: Output): string =>
  table(sample, SAMPLE_COLUMNS, width)

export const faultsText = (faults: readonly Fault[], { width }: Output): string =>
  table(faults.slice(0, SHOWN), FAULT_COLUMNS, width)

function hints({ id, byState }: Batch, { paint }: Output): string[] {
  const { suspended = 0, failed = 0 } = byState
  return [
    ...(suspended > 0 ? [paint('dim', `${suspended} wait for a person: stageline pending`)] : []),
    ...(failed > 0 ? [paint('dim', `${failed} failed: stageline jobs list --batch ${id} --state failed`)] : []),
  ]
}
