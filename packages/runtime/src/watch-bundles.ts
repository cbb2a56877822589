import type { StageRegistry } from '@stageline/engine/ports'
import { atTicks } from './at-ticks.ts'
import type { ServiceLife } from './run-service.ts'

const REFRESH_EVERY_MS = 5_000

/**
 * Bundle sizes as the stages' workers publish them; a stage that nobody has published gets messages of one step. So do
 * the `paced`, whatever their rows say: the worker that published last may not know of the pace, and what this process takes
 * apart must not come back to it in one piece.
 */
export function watchBundles(
  stages: Pick<StageRegistry, 'bundles'>,
  { telemetry, onStop }: Pick<ServiceLife, 'telemetry' | 'onStop'>,
  paced: readonly string[] = [],
): (stage: string) => number {
  let sizes: ReadonlyMap<string, number> = new Map()
  const refresh = () =>
    stages.bundles().then(
      (now) => void (sizes = now),
      (error: unknown) => telemetry.observer.trouble('store.unavailable', error),
    )
  void refresh()
  onStop.defer(atTicks(REFRESH_EVERY_MS, () => void refresh()))
  return (stage) => (paced.includes(stage) ? 1 : (sizes.get(stage) ?? 1))
}
