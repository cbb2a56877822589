import { followSamples, type FollowOptions } from './follow-samples.ts'
import { judgeSample } from './judge-sample.ts'
import { liveDisplay } from './live-display.ts'
import type { SampleRun } from './sample-run.ts'
import type { Sample } from './sample.ts'
import { resultTable, tally } from './show-samples.ts'

export type RunSamplesOptions = Omit<FollowOptions, 'withinMs' | 'onChange'> & { samples: Sample[] }

const WITHIN_MS = 600_000

/**
 * Submits samples, shows them on their way and what came of each.
 *
 * @returns how many did not end as expected.
 */
export async function runSamples({ samples, ...options }: RunSamplesOptions): Promise<number> {
  const runs = samples.map((sample): SampleRun => ({ sample, earlier: false }))
  const inTime = await showOnTheirWay(runs, options)
  const unexpected = runs.filter((run) => judgeSample(run).length > 0).length
  console.log(`\n${resultTable(runs)}\n`)
  if (!inTime) console.log(`Not all of them came to rest within ${WITHIN_MS / 60_000} minutes`)
  console.log(tally(runs))
  return inTime ? unexpected : Math.max(unexpected, 1)
}

async function showOnTheirWay(runs: SampleRun[], options: Omit<RunSamplesOptions, 'samples'>): Promise<boolean> {
  using display = liveDisplay(runs)
  return await followSamples(runs, { ...options, withinMs: WITHIN_MS, onChange: (run) => display.update(run) })
}
