import { DataError, RateLimited, SystemError, toFailure } from '@stageline/domain'
import { patiently } from '@stageline/engine'
import type { LeaseQueue, Observer } from '@stageline/engine/ports'

/** A run whose orchestrator says nothing for so long is taken by another. */
export const LEASE_MS = 20_000
const RENEW_MS = 5_000
const MOST_TRIES = 8
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [5_000, 600_000]

export type LeaseDeps<Run, Progress> = {
  queue: Pick<LeaseQueue<Run, Progress>, 'note' | 'end' | 'giveBack'>
  observer: Pick<Observer, 'trouble'>
  /** Names this process. */
  owner: string
  stopping: AbortSignal
}

/** What is held while the work is done. */
export type Lease<Progress> = {
  /** Says how far it is. @throws when the run is no longer ours */
  note: (progress: Progress) => Promise<void>
  /** For a call that brought something itself, as a note does: the run has got on. */
  gotOn: () => void
  lose: () => void
  /** Asks again while the database is away. */
  patient: <T>(call: () => Promise<T>) => Promise<T>
  signal: AbortSignal
}

type Held<Run, Progress> = {
  run: Run
  /** Names what goes wrong. */
  trouble: string
  /** Somebody waits for it: it is not tried again. */
  isOnce?: boolean
  work: (lease: Lease<Progress>) => Promise<void>
}

/**
 * Long work that belongs to whoever took it for as long as it says so: one that is killed leaves it to another, which goes
 * on from what was noted; one that is stopped in order gives it back at once. Never rejects: what goes wrong is noted in
 * the run, or another takes it.
 */
export async function workOnLease<Run extends { tries: number }, Progress>(
  held: Held<Run, Progress>,
  deps: LeaseDeps<Run, Progress>,
): Promise<void> {
  const { run, work, trouble } = held
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
  let hasGotOn = false
  const gotOn = () => void (hasGotOn = true)
  const patient = <T>(call: () => Promise<T>) => patiently(call, { observer, signal })
  const note = async (progress: Progress) => {
    gotOn()
    if (!(await patient(() => queue.note(run, owner, LEASE_MS, progress)))) lose()
    signal.throwIfAborted()
  }
  try {
    await work({ note, gotOn, lose, patient, signal })
    await patient(() => queue.end(run, owner, 'completed', null))
  } catch (error) {
    if (lost.signal.aborted) return
    const tries = hasGotOn ? 1 : run.tries + 1
    await letGo(held, stopping.aborted ? undefined : { error, tries }, deps).catch((cause: unknown) =>
      // Its lease runs out, and then it is taken again.
      observer.trouble(trouble, cause),
    )
  } finally {
    clearInterval(beat)
  }
}

async function letGo<Run extends { tries: number }, Progress>(
  { run, trouble, isOnce = false }: Held<Run, Progress>,
  failed: { error: unknown; tries: number } | undefined,
  { queue, owner, observer }: LeaseDeps<Run, Progress>,
): Promise<void> {
  if (!failed) return void (await queue.giveBack(run, owner, 0, null))
  const { error, tries } = failed
  const { code, message, kind } = toFailure(error)
  if (kind === 'unknown' || error instanceof SystemError) observer.trouble(trouble, error)
  const isOver = error instanceof DataError || tries >= MOST_TRIES || isOnce
  if (isOver) await queue.end(run, owner, 'failed', { code, message })
  else await queue.giveBack(run, owner, waitAfter(error, tries), { code, message })
}

const waitAfter = (error: unknown, tries: number): number =>
  error instanceof RateLimited && error.retryAfterMs !== undefined
    ? error.retryAfterMs
    : Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS)
