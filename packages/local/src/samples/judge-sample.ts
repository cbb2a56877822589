import type { SampleRun } from './sample-run.ts'

/** What differs from the expectation, one sentence each; empty when it ended as expected. */
export function judgeSample(run: SampleRun): string[] {
  const { expect } = run.sample
  return [...outcomeFaults(run), ...(expect.outcome === 'any' || run.refusal ? [] : contentFaults(run))]
}

function outcomeFaults({ sample: { expect }, refusal, job, earlier }: SampleRun): string[] {
  if (expect.outcome === 'any') return []
  const actual = refusal ? 'rejected' : (job?.state ?? 'not submitted')
  if (actual !== expect.outcome) {
    // Since an earlier start a person may have settled what waited for one.
    if (earlier && expect.outcome === 'suspended' && ['completed', 'cancelled'].includes(actual)) return []
    return [`expected ${expect.outcome}, is ${actual}`]
  }
  if (expect.httpStatus === undefined || expect.httpStatus === refusal?.status) return []
  return [`expected HTTP ${expect.httpStatus}, got ${refusal?.status}`]
}

function contentFaults({ sample: { expect }, outputs = {}, job }: SampleRun): string[] {
  const rules = job?.decisions.map(({ decision }) => decision.rule) ?? []
  return [
    ...differs('kind', expect.kind, outputs.kind),
    ...Object.entries(expect.fields ?? {}).flatMap(([name, value]) =>
      differs(name, value, outputs.fields?.[name]?.value ?? null),
    ),
    ...filledFaults(expect.filled, outputs.filled ?? []),
    ...differs(
      'failed checks',
      expect.failedChecks?.toSorted().join(', '),
      outputs.failedChecks?.toSorted().join(', '),
    ),
    ...(expect.rule === undefined || rules.includes(expect.rule) ? [] : differs('rule', expect.rule, rules.join(', '))),
  ]
}

const differs = (what: string, wanted: unknown, found: unknown): string[] =>
  wanted === undefined || wanted === found
    ? []
    : [`expected ${what} ${JSON.stringify(wanted)}, found ${JSON.stringify(found ?? null)}`]

function filledFaults(wanted: string[] | undefined, found: string[]): string[] {
  if (wanted?.length === 0) return differs('filled fields', '', found.join(', '))
  return (wanted ?? []).filter((name) => !found.includes(name)).map((name) => `expected ${name} to be filled`)
}
