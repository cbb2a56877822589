import { DataError, RateLimited, SystemError, toFailure } from '@stageline/domain'
import { patiently, runBatch, type RunDeps } from '@stageline/engine'
import type { Observer, RecordSource, RunQueue, TakenRun } from '@stageline/engine/ports'

/** A run whose orchestrator says nothing for so long is taken by another. */
const LEASE_MS = 20_000
const RENEW_MS = 5_000
/** Runs of one process; each keeps a part of a core busy. One more where somebody waits for a preview. */
const MOST_AT_ONCE = 2
const MOST_TRIES = 8
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [5_000, 600_000]

export type RunBatchesDeps = {
  queue: RunQueue
  open: (run: TakenRun) => RecordSource | Promise<RecordSource>
  submit: RunDeps['submit']
  /** As `submit`, of dry runs: nothing is stored. */
  plan: RunDeps['submit']
  observer: Pick<Observer, 'trouble'>
  /** Names this process. */
  owner: string
  stopping: AbortSignal
}

export type BatchRunner = {
  /** Takes a run where there is one, and room for it; it is worked on beside the rounds. */
  runOnce(): Promise<{ more: boolean }>
  /** Resolves when nothing is in hand. */
  idle(): Promise<void>
}

/**
 * Reads sources into batches. A run belongs to whoever took it for as long as it says so: one that is killed leaves it to
 * another, which goes on from what was noted; one that is stopped in order gives it back at once.
 */
export function runBatches(deps: RunBatchesDeps): BatchRunner {
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

/** Never rejects: what goes wrong is noted in the run, or another takes it. */
async function workOn(run: TakenRun, deps: RunBatchesDeps): Promise<void> {
  const { queue, owner, stopping, observer } = deps
  const lost = new AbortController()
  const signal = AbortSignal.any([stopping, lost.signal])
  const lose = () => lost.abort(new Error('The run was stopped, or another has it'))
  const renew = () =>
    queue.note(run, owner, LEASE_MS).then(
      (isOurs) => (isOurs ? undefined : lose()),
      // While the database is away nobody else takes it, either.
      () => undefined,
    )
  const beat = setInterval(() => void renew(), RENEW_MS)
  let gotOn = false
  const patient = <T>(call: () => Promise<T>) => patiently(call, { observer, signal })
  try {
    const submit = run.request.dryRun ? deps.plan : deps.submit
    await runBatch(run, {
      source: await deps.open(run),
      submit: (requests) => patient(() => submit(requests)),
      note: async (progress) => {
        gotOn = true
        if (!(await patient(() => queue.note(run, owner, LEASE_MS, progress)))) lose()
        signal.throwIfAborted()
      },
      signal,
    })
    await patient(() => queue.end(run, owner, 'completed', null))
  } catch (error) {
    if (lost.signal.aborted) return
    const tries = gotOn ? 1 : run.tries + 1
    await letGo(run, stopping.aborted ? undefined : { error, tries }, deps).catch((cause: unknown) =>
      // Its lease runs out, and then it is taken again.
      observer.trouble('orchestrator.run-batches', cause),
    )
  } finally {
    clearInterval(beat)
  }
}

async function letGo(
  run: TakenRun,
  failed: { error: unknown; tries: number } | undefined,
  { queue, owner, observer }: RunBatchesDeps,
): Promise<void> {
  if (!failed) return void (await queue.giveBack(run, owner, 0, null))
  const { error, tries } = failed
  const { code, message, kind } = toFailure(error)
  if (kind === 'unknown' || error instanceof SystemError) observer.trouble('orchestrator.run-batches', error)
  const isOver = error instanceof DataError || tries >= MOST_TRIES || run.preview
  if (isOver) await queue.end(run, owner, 'failed', { code, message })
  else await queue.giveBack(run, owner, waitAfter(error, tries), { code, message })
}

const waitAfter = (error: unknown, tries: number): number =>
  error instanceof RateLimited && error.retryAfterMs !== undefined
    ? error.retryAfterMs
    : Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS)
