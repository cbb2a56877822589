import { DataError, RateLimited, toFailure } from '@stageline/domain'
import { matchEntries, runTrigger, type TriggerDeps } from '@stageline/engine'
import { TRIGGER_STREAMS, type Observer, type TakenTriggerRun, type TriggerQueue } from '@stageline/engine/ports'

const AT_ONCE = 500
const RUNS_AT_ONCE = 50
/** The log of what was done is kept for 30 days: what is older is dropped in every so many rounds. */
const [ROUNDS_BETWEEN, FORGET_AT_ONCE] = [1_000, 5_000]
/** A run whose orchestrator is gone is taken by another after so long. */
const LEASE_MS = 30_000
/** With the waits below: for about three hours. */
const MOST_TRIES = 25
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [2_000, 600_000]

type Parts = {
  queue: TriggerQueue
  desk: TriggerDeps['desk']
  submit: TriggerDeps['submit']
  deliveries: TriggerDeps['deliveries']
  observer: Pick<Observer, 'trouble' | 'count'>
}

/**
 * Reads on in the histories of jobs and of the desk, one orchestrator at a time, and notes what fits which trigger. What
 * is noted is done in rounds of their own, so that no action holds up the reading, nor one trigger another.
 */
export function watchTriggers({ queue, observer }: Pick<Parts, 'queue' | 'observer'>) {
  return async (): Promise<{ fired: number; more: boolean }> => {
    const count = (key: string, outcome: string) => observer.count('trigger_evaluations', 1, { trigger: key, outcome })
    const ends = await Promise.all(
      TRIGGER_STREAMS.map((stream) =>
        queue.read(stream, AT_ONCE, (entries, triggers) =>
          matchEntries(entries, triggers, ({ key, outcome }) => count(key, outcome)),
        ),
      ),
    )
    const fired = ends.reduce((sum, one) => sum + one.fired, 0)
    return { fired, more: ends.some(({ read }) => read === AT_ONCE) }
  }
}

/** Does what fits: at once, and again later where it fails in passing. */
export function runTriggers(parts: Parts) {
  let rounds = 0
  return async (): Promise<{ done: number; more: boolean }> => {
    if (rounds++ % ROUNDS_BETWEEN === 0) await parts.queue.forget(FORGET_AT_ONCE)
    for (let done = 0; done < RUNS_AT_ONCE; done++) {
      const run = await parts.queue.take(LEASE_MS)
      if (!run) return { done, more: false }
      await workOn(run, parts)
    }
    return { done: RUNS_AT_ONCE, more: true }
  }
}

async function workOn(run: TakenTriggerRun, parts: Parts): Promise<void> {
  const { queue, observer } = parts
  const told = (status: string) =>
    observer.count('events_processed', 1, { event: `${run.entry.subject}.${run.entry.event}`, outcome: status })
  try {
    await runTrigger(run, parts)
    await queue.end(run, 'done', null)
    told('done')
  } catch (error) {
    const { code, message } = toFailure(error)
    const isOver = error instanceof DataError || run.tries >= MOST_TRIES
    told(isOver ? 'failed' : 'retried')
    if (isOver) await queue.end(run, 'failed', { code, message })
    else await queue.giveBack(run, waitAfter(error, run.tries), { code, message })
  }
}

const waitAfter = (error: unknown, tries: number): number =>
  error instanceof RateLimited && error.retryAfterMs !== undefined
    ? error.retryAfterMs
    : Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS)
