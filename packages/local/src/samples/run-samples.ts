import type { GatewayClient } from '../gateway-client.ts'
import { judgeSample } from './judge-sample.ts'
import { liveDisplay } from './live-display.ts'
import { readSamples } from './sample.ts'
import { resultTable } from './show-samples.ts'
import { submitSamples, type Submitted } from './submit-samples.ts'
import { watchSamples } from './watch-samples.ts'

export type RunSamplesOptions = {
  folder: string
  earlier: Submitted
  client: GatewayClient
  signal: AbortSignal
  onSubmitted: (name: string, jobId: string) => Promise<void>
}

const WITHIN_MS = 600_000

/**
 * Submits the samples of a folder, shows them on their way and what came of each.
 *
 * @returns how many did not end as expected.
 */
export async function runSamples({ folder, earlier, client, signal, onSubmitted }: RunSamplesOptions): Promise<number> {
  const samples = await readSamples(folder)
  const runs = await submitSamples(samples, earlier, { client, onSubmitted })
  const display = liveDisplay(runs)
  const all = await watchSamples(runs, {
    client,
    signal,
    withinMs: WITHIN_MS,
    onChange: (run) => display.update(run),
  }).finally(() => display[Symbol.dispose]())
  const unexpected = runs.filter((run) => judgeSample(run).length > 0).length
  console.log(`\n${resultTable(runs)}\n`)
  if (!all) console.log(`Not all of them came to rest within ${WITHIN_MS / 60_000} minutes`)
  console.log(`${runs.length - unexpected} of ${runs.length} samples ended as expected`)
  return all ? unexpected : Math.max(unexpected, 1)
}
