import { runBatch, type RunDeps } from '@stageline/engine'
import type { RecordSource, RunProgress, RunQueue, TakenRun } from '@stageline/engine/ports'
import { LEASE_MS, workOnLease, type LeaseDeps } from './work-on-lease.ts'

/** Runs of one process; each keeps a part of a core busy. One more where somebody waits for a preview. */
const MOST_AT_ONCE = 2

export type RunBatchesDeps = LeaseDeps<TakenRun, RunProgress> & {
  queue: RunQueue
  open: (run: TakenRun) => RecordSource | Promise<RecordSource>
  submit: RunDeps['submit']
  /** As `submit`, of dry runs: nothing is stored. */
  plan: RunDeps['submit']
}

/** Work that goes on beside the rounds. */
export type LongWork = {
  /** Takes a run where there is one, and room for it. */
  runOnce(): Promise<{ more: boolean }>
  /** Resolves when nothing is in hand. */
  idle(): Promise<void>
}

/** Reads sources into batches. */
export function runBatches(deps: RunBatchesDeps): LongWork {
  const { queue, owner, stopping } = deps
  const running = new Map<Promise<void>, TakenRun>()
  return {
    async runOnce() {
      const batches = [...running.values()].filter(({ preview }) => !preview).length
      if (stopping.aborted || running.size > MOST_AT_ONCE) return { more: false }
      const run = await queue.take(owner, LEASE_MS, batches >= MOST_AT_ONCE)
      if (!run) return { more: false }
      const work = workOn(run, deps)
      running.set(work, run)
      void work.finally(() => running.delete(work))
      return { more: true }
    },
    idle: async () => void (await Promise.all(running.keys())),
  }
}

const workOn = (run: TakenRun, deps: RunBatchesDeps): Promise<void> =>
  workOnLease(
    {
      run,
      trouble: 'orchestrator.run-batches',
      isOnce: run.preview,
      work: async ({ note, patient, signal }) => {
        const submit = run.request.dryRun ? deps.plan : deps.submit
        await runBatch(run, {
          source: await deps.open(run),
          submit: (requests) => patient(() => submit(requests)),
          note,
          signal,
        })
      },
    },
    deps,
  )
