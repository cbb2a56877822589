import type { Finding } from './check-record.ts'

export type Report = {
  /** Jobs that were promised (without a recorder: jobs there are). */
  accepted: number
  lost: number
  doubled: number
  illegal: number
  stuck: number
  /** Executions whose outcome did not count; null where no recorder saw the calls. */
  duplicateExecutions: number | null
  executions: number | null
  /** What Redis holds, where it was asked. */
  redisMemoryBytes: number | null
  holds: boolean
  invariants: Omit<Finding, 'figures'>[]
}

/** Sums the findings up under the names that people use for them. */
export function reportOf({ accepted, findings }: { accepted: number; findings: readonly Finding[] }): Report {
  const countOf = (...ids: string[]) =>
    findings.filter(({ id }) => ids.includes(id)).reduce((sum, { count }) => sum + count, 0)
  const figures = Object.assign({}, ...findings.map((finding) => finding.figures ?? {})) as Record<string, number>
  return {
    accepted,
    lost: countOf('I1'),
    doubled: countOf('I3', 'I6'),
    illegal: countOf('I4', 'I5'),
    // What is overlooked is stuck as well: told once.
    stuck: Math.max(countOf('I2'), countOf('I7')),
    duplicateExecutions: figures['duplicateExecutions'] ?? null,
    executions: figures['executions'] ?? null,
    redisMemoryBytes: figures['redisMemoryBytes'] ?? null,
    holds: findings.every(({ holds }) => holds),
    invariants: findings.map(({ figures: _figures, ...finding }) => finding),
  }
}

/** The report as a table for people. */
export function printReport(report: Report): string {
  const width = Math.max(...report.invariants.map(({ what }) => what.length))
  const lines = report.invariants.flatMap(({ id, what, holds, count, examples, unchecked }) => [
    `${id.padEnd(4)} ${what.padEnd(width)}  ${holds ? 'holds' : 'BROKEN'}${count > 0 ? `  ${count}` : ''}`,
    ...examples.map((example) => `       ${example}`),
    ...(unchecked.length > 0 ? [`       not checked: ${unchecked.join('; ')}`] : []),
  ])
  const { accepted, lost, doubled, illegal, stuck, duplicateExecutions, executions, redisMemoryBytes } = report
  const repeated = executions === null ? '' : ` · ${duplicateExecutions} of ${executions} executions were repeats`
  const memory = redisMemoryBytes === null ? '' : ` · Redis holds ${(redisMemoryBytes / 1e6).toFixed(1)} MB`
  return [
    ...lines,
    '',
    `${accepted} jobs · ${lost} lost · ${doubled} doubled · ${illegal} illegal · ${stuck} stuck${repeated}${memory}`,
  ].join('\n')
}
