import { followSamples, type FollowOptions } from './follow-samples.ts'
import { judgeSample } from './judge-sample.ts'
import { liveDisplay } from './live-display.ts'
import type { SampleRun } from './sample-run.ts'
import { readSamples } from './sample.ts'
import { resultTable } from './show-samples.ts'

export type RunSamplesOptions = Omit<FollowOptions, 'withinMs' | 'onChange'> & { folder: string }

const WITHIN_MS = 600_000

/**
 * Submits the samples of a folder, shows them on their way and what came of each.
 *
 * @returns how many did not end as expected.
 */
export async function runSamples({ folder, ...options }: RunSamplesOptions): Promise<number> {
  const runs = (await readSamples(folder)).map((sample): SampleRun => ({ sample, earlier: false }))
  const inTime = await showOnTheirWay(runs, options)
  const unexpected = runs.filter((run) => judgeSample(run).length > 0).length
  console.log(`\n${resultTable(runs)}\n`)
  if (!inTime) console.log(`Not all of them came to rest within ${WITHIN_MS / 60_000} minutes`)
  console.log(`${runs.length - unexpected} of ${runs.length} samples ended as expected`)
  return inTime ? unexpected : Math.max(unexpected, 1)
}

async function showOnTheirWay(runs: SampleRun[], options: Omit<RunSamplesOptions, 'folder'>): Promise<boolean> {
  using display = liveDisplay(runs)
  return await followSamples(runs, { ...options, withinMs: WITHIN_MS, onChange: (run) => display.update(run) })
}
