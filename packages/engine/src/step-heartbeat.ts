import { DataError } from '@stageline/domain'
import type { Claims } from './claims.ts'
import { claimLost } from './claims.ts'
import { gather } from './gather.ts'
import type { StageContext } from './stage.ts'
import type { Try } from './step-try.ts'

const MAX_CHECKPOINT_BYTES = 4_096

export type OneClaim = {
  /** Claims the step, unless it has been; once, however often it is asked. Aborts the try when that fails. */
  claim(): Promise<void>
  /**
   * The try is over: whoever asks from now on claims nothing any more, since nobody would ever let go of it. Resolves when
   * a claim that was under way is ours or lost.
   */
  end(): Promise<void>
}

export function claimOnce(work: Try, claims: Claims): OneClaim {
  let claiming: Promise<void> | undefined = work.fence === work.ref.fence ? undefined : Promise.resolve()
  const take = () =>
    claims.take(work, false).then(
      (ours) => (ours ? undefined : work.lose(claimLost())),
      () => work.lose(claimLost()),
    )
  return { claim: () => (claiming ??= take()), end: () => (claiming ??= Promise.resolve()) }
}

/**
 * What a handler calls as `context.heartbeat`: a sign of life, which claims the step, and stores what it leaves for the
 * next try. Of states that come while one is being stored, the last is stored.
 */
export function stepHeartbeat(
  work: Try,
  {
    claims,
    claim,
    signal,
    beat,
  }: { claims: Claims; claim: () => Promise<void>; signal: AbortSignal; beat: () => void },
): StageContext['heartbeat'] {
  const store = gather<unknown, void>(
    async (states) => {
      await storeCheckpoint(work, states.at(-1), claims)
      return states.map(() => undefined)
    },
    { maxItems: Number.MAX_SAFE_INTEGER },
  )
  const heartbeat = async (state: unknown): Promise<void> => {
    signal.throwIfAborted()
    beat()
    await claim()
    signal.throwIfAborted()
    if (state !== undefined) await store(checked(state, work))
    signal.throwIfAborted()
  }
  return (state) => {
    const beating = heartbeat(state)
    // A handler that does not wait for it hears of a lost claim by its signal.
    beating.catch(() => undefined)
    return beating
  }
}

/** @throws DataError `stage.checkpoint_too_large`, `stage.unstorable_checkpoint` */
function checked(state: unknown, { ref: { jobId, step } }: Try): unknown {
  const bytes = Buffer.byteLength(textOf(state) ?? throwUnstorable(jobId, step, 'it is not JSON'))
  if (bytes <= MAX_CHECKPOINT_BYTES) return state
  throw new DataError(
    'stage.checkpoint_too_large',
    `The checkpoint of ${jobId}/${step} has ${bytes} bytes, at most ${MAX_CHECKPOINT_BYTES} are kept: put the bytes in a blob and keep its reference`,
  )
}

function textOf(state: unknown): string | undefined {
  try {
    return JSON.stringify(state)
  } catch {
    return undefined
  }
}

async function storeCheckpoint(work: Try, state: unknown, claims: Claims): Promise<void> {
  const recorded = await claims.keep(work, state)
  if (recorded.kind === 'unstorable') throwUnstorable(work.ref.jobId, work.ref.step, recorded.message)
}

function throwUnstorable(jobId: string, step: string, why: string): never {
  throw new DataError('stage.unstorable_checkpoint', `The checkpoint of ${jobId}/${step} cannot be stored: ${why}`)
}
