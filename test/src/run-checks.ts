/**
 * `pnpm check`: everything that is wrong with the code without running the system. Each check prints one line, and its
 * output only when it fails.
 */
import { spawnSync } from 'node:child_process'
import { performance } from 'node:perf_hooks'

export type Check = { name: string; command: string; args: string[] }

const CHECKS: Check[] = [
  { name: 'format', command: 'oxfmt', args: ['--check', '.'] },
  { name: 'lint', command: 'oxlint', args: ['--type-aware'] },
  { name: 'types', command: 'tsc', args: ['-p', '.'] },
  { name: 'boundaries', command: process.execPath, args: ['--test', 'test/boundaries.test.ts'] },
  { name: 'unused code and dependencies', command: 'knip', args: ['--no-progress', '--no-config-hints'] },
]

/** @returns the names of the checks that failed. */
export function runChecks(checks: readonly Check[] = CHECKS): string[] {
  return checks.filter((check) => !passes(check)).map(({ name }) => name)
}

function passes({ name, command, args }: Check): boolean {
  const startedAt = performance.now()
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  const took = `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`
  console.log(`${status === 0 ? '✔' : '✖'} ${name} (${took})`)
  if (status !== 0) console.log(error ? String(error) : `${stdout}${stderr}`.trimEnd())
  return status === 0
}

if (import.meta.main) {
  const failed = runChecks()
  console.log(failed.length === 0 ? 'All checks passed' : `Failed: ${failed.join(', ')}`)
  process.exitCode = failed.length === 0 ? 0 : 1
}
