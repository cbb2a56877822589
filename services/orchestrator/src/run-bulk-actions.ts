import { runBulkAction, type BulkDeps } from '@stageline/engine'
import type { BulkNote, BulkQueue, TakenBulkAction } from '@stageline/engine/ports'
import type { LongWork } from './run-batches.ts'
import { LEASE_MS, workOnLease, type LeaseDeps } from './work-on-lease.ts'

const MOST_AT_ONCE = 2
/** Rows that are looked at in one statement, and jobs that are changed in one. */
const [SCAN, PIECE] = [5_000, 400]

export type RunBulkActionsDeps = LeaseDeps<TakenBulkAction, BulkNote> & {
  queue: BulkQueue
  engine: BulkDeps['engine']
}

/** Does to many jobs what somebody asked for all of them at once. */
export function runBulkActions(deps: RunBulkActionsDeps): LongWork {
  const { queue, owner, stopping } = deps
  const running = new Set<Promise<void>>()
  return {
    async runOnce() {
      if (stopping.aborted || running.size >= MOST_AT_ONCE) return { more: false }
      const action = await queue.take(owner, LEASE_MS)
      if (!action) return { more: false }
      const work = workOn(action, deps)
      running.add(work)
      void work.finally(() => running.delete(work))
      return { more: true }
    },
    idle: async () => void (await Promise.all(running)),
  }
}

const workOn = (action: TakenBulkAction, deps: RunBulkActionsDeps): Promise<void> =>
  workOnLease(
    {
      run: action,
      trouble: 'orchestrator.run-bulk-actions',
      work: async ({ note, gotOn, lose, patient, signal }) => {
        const { queue, owner, engine } = deps
        await runBulkAction(action, {
          engine,
          choose: async () => {
            const made = await patient(() => queue.choose(action, owner, LEASE_MS, SCAN))
            gotOn()
            if (made === 'lost') lose()
            signal.throwIfAborted()
            return made === 'more'
          },
          next: (after) => patient(() => queue.next(action, after, PIECE)),
          note,
          signal,
        })
      },
    },
    deps,
  )
