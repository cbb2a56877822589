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

function contentFaults({ sample: { expect }, outputs = {} }: SampleRun): string[] {
  const faults: string[] = []
  if (expect.kind !== undefined && expect.kind !== outputs.kind) {
    faults.push(`expected kind ${expect.kind}, found ${outputs.kind ?? 'none'}`)
  }
  for (const [name, value] of Object.entries(expect.fields ?? {})) {
    const found = outputs.fields?.[name]?.value
    if (found !== value)
      faults.push(`expected ${name} ${JSON.stringify(value)}, found ${JSON.stringify(found ?? null)}`)
  }
  faults.push(...missing('a filled field', expect.filled, outputs.filled))
  faults.push(...missing('a failed check', expect.failedChecks, outputs.failedChecks))
  return faults
}

const missing = (what: string, wanted: string[] = [], found: string[] = []): string[] =>
  wanted.filter((name) => !found.includes(name)).map((name) => `expected ${what}: ${name}`)
