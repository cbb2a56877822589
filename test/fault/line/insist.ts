import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from './random.ts'
import type { Outcome, Submission, Submitter } from './submitter.ts'

const LONGEST_WAIT_MS = 15_000

/**
 * Sends again with the same key, more and more seldom, and not before the time in `Retry-After`, until it is known what
 * became of it.
 */
export async function insist(
  submission: Submission,
  { submitter, random, isOver = () => false }: { submitter: Submitter; random: Random; isOver?: () => boolean },
  first?: Outcome,
): Promise<Outcome> {
  let outcome = first ?? (await submitter.single(submission))
  for (let waitMs = 500; outcome === 'again' && !isOver(); waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    await delay(Math.max(waitMs, submitter.askedToWaitMs(submission)) * random.between(1, 1.4))
    outcome = await submitter.single(submission)
  }
  return outcome
}
