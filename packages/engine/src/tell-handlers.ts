import type { Happening } from './happening.ts'
import type { Fold } from './fold.ts'

/** What comes from elsewhere than the handler itself. */
const FROM_OUTSIDE: ReadonlySet<Happening['kind']> = new Set(['cancelled', 'verdict', 'advanced', 'due'] as const)

/** Hints at handlers whose step this write has taken from them, so that they stop at once, wherever they run. */
export function tellHandlers(
  { fitting, group: { workflow }, write: { before, after } }: Fold,
  interrupt: (stage: string, jobId: string) => void,
): void {
  if (!fitting.some(({ change }) => FROM_OUTSIDE.has(change.happening.kind))) return
  for (const [key, { state, fence }] of Object.entries(before.steps)) {
    const now = after.steps[key]
    const isTaken = state === 'processing' && (now?.state !== 'processing' || now.fence !== fence)
    if (isTaken) interrupt(workflow.steps.get(key)!.definition.stage, after.id)
  }
}
