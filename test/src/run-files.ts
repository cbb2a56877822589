import { run } from 'node:test'
import { spec } from 'node:test/reporters'

export type RunSettings = {
  cwd: string
  signal: AbortSignal
  /** Files that run at the same time. */
  concurrency: number
  /** Longer than any file takes, ms; what hangs fails by it instead of holding up everything. */
  timeoutMs: number
}

/**
 * Runs test files, each in a process of its own, with a line for each test and the counts at the end. Tests that were
 * skipped are named again after that, with their reasons, so that none is overlooked.
 *
 * @returns whether all passed.
 */
export async function runFiles(
  files: string[],
  { cwd, signal, concurrency, timeoutMs }: RunSettings,
): Promise<boolean> {
  const skipped: string[] = []
  let failed = 0
  const events = run({ files, cwd, signal, concurrency, timeout: timeoutMs })
  events.on('test:fail', () => (failed += 1))
  events.on('test:pass', ({ name, skip }) => {
    if (skip !== undefined) skipped.push(`  ${name}: ${skip === true ? 'no reason given' : skip}`)
  })
  for await (const text of events.compose(new spec())) process.stdout.write(String(text))
  if (skipped.length > 0) console.log(`\nSKIPPED, not tested (${skipped.length}):\n${skipped.join('\n')}`)
  return failed === 0
}
