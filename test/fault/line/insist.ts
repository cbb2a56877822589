import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from './random.ts'
import type { Outcome, Submission, Submitter } from './submitter.ts'

const LONGEST_WAIT_MS = 15_000

export type Insisting = { submitter: Submitter; random: Random; isOver?: () => boolean }

/**
 * Sends again with the same key, more and more seldom, and not before the time in `Retry-After`, until it is known what
 * became of it.
 */
export async function insist(submission: Submission, insisting: Insisting, first?: Outcome): Promise<Outcome> {
  let outcome: Outcome = 'again'
  const send = async () => [await insisting.submitter.single(submission)]
  await insistOnAll([submission], { ...insisting, send }, (_, ended) => (outcome = ended), first && [first])
  return outcome
}

/** The same for many that travel in one request: what is still open travels together again. */
export function insistInBulk(
  submissions: readonly Submission[],
  insisting: Insisting,
  conclude: (submission: Submission, outcome: Outcome) => void,
  first: readonly Outcome[],
): Promise<void> {
  const send = (open: readonly Submission[]) => insisting.submitter.bulk(open)
  return insistOnAll(submissions, { ...insisting, send }, conclude, first)
}

async function insistOnAll(
  submissions: readonly Submission[],
  {
    submitter,
    random,
    isOver = () => false,
    send,
  }: Insisting & { send: (open: readonly Submission[]) => Promise<Outcome[]> },
  conclude: (submission: Submission, outcome: Outcome) => void,
  first?: readonly Outcome[],
): Promise<void> {
  let outcomes = first ?? (await send(submissions))
  let open = submissions
  for (let waitMs = 500; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const again = open.filter((_, i) => outcomes[i] === 'again')
    open.forEach((one, i) => {
      if (outcomes[i] !== 'again' || isOver()) conclude(one, outcomes[i]!)
    })
    if (again.length === 0 || isOver()) return
    const asked = Math.max(...again.map((one) => submitter.askedToWaitMs(one)))
    await delay(Math.max(waitMs, asked) * random.between(1, 1.4))
    open = again
    outcomes = await send(open)
  }
}
