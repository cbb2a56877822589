import { relative } from 'node:path'
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
 * @returns what failed, a line each with its place and why; none where all passed.
 */
export async function runFiles(
  files: string[],
  { cwd, signal, concurrency, timeoutMs }: RunSettings,
): Promise<string[]> {
  const skipped: string[] = []
  const failed: string[] = []
  const events = run({ files, cwd, signal, concurrency, timeout: timeoutMs })
  events.on('test:fail', ({ name, file, line, details: { error } }) => {
    const { cause = error, failureType } = error as Error & { failureType?: string }
    if (failureType === 'subtestsFailed') return
    failed.push(
      `  ${name} (${relative(cwd, file ?? '')}:${line}): ${cause instanceof Error ? cause.message : String(cause)}`,
    )
  })
  events.on('test:pass', ({ name, skip }) => {
    if (skip !== undefined) skipped.push(`  ${name}: ${skip === true ? 'no reason given' : skip}`)
  })
  for await (const text of events.compose(new spec())) process.stdout.write(String(text))
  if (skipped.length > 0) console.log(`\nSKIPPED, not tested (${skipped.length}):\n${skipped.join('\n')}`)
  return failed
}
