/**
 * `npm test` and its parts: looks after what tests need (Postgres and Redis of their own, started once for all of them,
 * a Chromium), runs the checks where asked, then the test files, and ends non-zero when anything failed. It knows no
 * test; what a test needs it finds in its environment:
 *
 * - `STAGELINE_TEST_DATABASE_URL` a superuser's, for databases cloned from a template
 * - `STAGELINE_TEST_REDIS_URL`
 * - `STAGELINE_CHROMIUM` path of a browser; absent where none can be had
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startStores, stopSignal, type Stores } from '@stageline/local'
import { findChromium } from './find-chromium.ts'
import { runChecks } from './run-checks.ts'
import { runFiles } from './run-files.ts'
import { SELECTIONS, selectionOf, selectTests, type Selection } from './select-tests.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CACHE = join(ROOT, '.cache')
const report = (line: string): void => console.log(line)

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 1
})

async function main(): Promise<number> {
  const { check, only, files } = parseCommand(process.argv.slice(2))
  const stopping = stopSignal(() => process.exit(130))
  const failed = check ? runChecks() : []
  const chosen = files.length > 0 ? files : selectTests(ROOT, only)
  const broken = await withWhatTestsNeed(only, stopping, () => runAll(chosen, stopping))
  if (stopping.aborted) return 130
  if (broken.length > 0) report(`\nFailed:\n${broken.join('\n')}`)
  if (failed.length > 0) report(`Checks failed: ${failed.join(', ')}`)
  return broken.length + failed.length === 0 ? 0 : 1
}

/** Two files at a time; then the fault bench by itself, since it measures how soon a loaded line is whole again. */
async function runAll(files: string[], signal: AbortSignal): Promise<string[]> {
  const { true: faults = [], false: others = [] } = Object.groupBy(files, (file) => `${selectionOf(file) === 'fault'}`)
  const runs = [
    { files: others, concurrency: 2, timeoutMs: 600_000 },
    { files: faults, concurrency: 1, timeoutMs: 2_400_000 },
  ].filter((one) => one.files.length > 0)
  if (runs.length === 0) throw new Error('No test was chosen')
  const failed: string[] = []
  for (const { files: some, ...how } of runs) failed.push(...(await runFiles(some, { cwd: ROOT, signal, ...how })))
  return failed
}

function parseCommand(args: string[]): { check: boolean; only?: Selection; files: string[] } {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { check: { type: 'boolean', default: false }, only: { type: 'string' } },
  })
  const only = SELECTIONS.find((selection) => selection === values.only)
  if (values.only !== undefined && !only) throw new Error(`--only wants one of ${SELECTIONS.join(', ')}`)
  return { check: values.check, files: positionals, ...(only ? { only } : {}) }
}

async function withWhatTestsNeed(
  only: Selection | undefined,
  signal: AbortSignal,
  run: () => Promise<string[]>,
): Promise<string[]> {
  if (only === 'containers') return run()
  await using stores = await startTestStores(signal)
  process.env.STAGELINE_TEST_DATABASE_URL = stores.databaseUrl
  process.env.STAGELINE_TEST_REDIS_URL = stores.redisUrl
  if (only === undefined || only === 'browser') await offerChromium()
  return await run()
}

/** Data of tests need not outlive a failure of power, so commits need not wait for the disk. */
function startTestStores(signal: AbortSignal): Promise<Stores> {
  const postgresSettings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
  const given = {
    databaseUrl: process.env.STAGELINE_TEST_DATABASE_URL,
    redisUrl: process.env.STAGELINE_TEST_REDIS_URL,
  }
  return startStores({
    dir: join(ROOT, '.stageline', 'test'),
    cache: CACHE,
    postgresSettings,
    signal,
    report,
    ...given,
  })
}

async function offerChromium(): Promise<void> {
  const chromium = await findChromium(CACHE, report)
  if (chromium) process.env.STAGELINE_CHROMIUM = chromium
  else report('No Chromium on PATH and no apt to get one: browser tests will be SKIPPED')
}
