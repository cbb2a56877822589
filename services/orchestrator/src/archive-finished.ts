import type { Archiver, ChosenJobs, FinishedWeight, LeavingChoice, RetentionTurn } from '@stageline/engine/ports'

/** What is kept of each tenant; what is not set bounds nothing. Nothing leaves that finished less than `minAgeMs` ago. */
export type RetentionLimits = {
  minAgeMs: number
  completedMs?: number | undefined
  cancelledMs?: number | undefined
  jobs?: number | undefined
  bytes?: number | undefined
}

/** Jobs in one archive; fewer than `least` wait until the newest archive is so old, so that there are not many small ones. */
const [MOST, LEAST, LONGEST_WAIT_MS] = [1_000, 100, 3_600_000]
/** For how long a tenant is left to one that has died; when it is looked after again, and when where more is to be expected. */
const [TURN_MS, REST_MS, SHORT_REST_MS] = [60_000, 60_000, 5_000]
/** Files that no commit came to name, and months of history that are empty, are removed in every so many rounds. */
const [ROUNDS_BETWEEN, ORPHANS_AT_ONCE] = [500, 20]

type Parts = { archiver: Archiver; limits: RetentionLimits }

/** Takes the oldest finished jobs of a tenant out of the record and into an archive, one tenant and one archive a round. */
export function archiveFinished({ archiver, limits }: Parts) {
  let rounds = 0
  return async (): Promise<{ archived: number; more: boolean }> => {
    if (rounds++ % ROUNDS_BETWEEN === 0) {
      await archiver.clearOrphans(ORPHANS_AT_ONCE)
      await archiver.dropEmptyMonths()
    }
    const turn = await archiver.takeTurn(TURN_MS)
    if (!turn) return { archived: 0, more: false }
    const weight = await archiver.weigh(turn.tenantId, limits.bytes !== undefined)
    const least = isEarly(weight) ? LEAST : 1
    const { jobs, lookedTo } = await choose(archiver, turn, choicesOf(limits, weight), least)
    const hasLeft = jobs.length >= least && (await archiver.archive(turn.tenantId, jobs))
    const restMs = lookedTo === null && !isLeaving(weight) ? REST_MS : SHORT_REST_MS
    await archiver.endTurn({ ...turn, lookedTo }, hasLeft ? 0 : restMs)
    return { archived: hasLeft ? jobs.length : 0, more: true }
  }
}

const isEarly = ({ sinceArchiveMs }: FinishedWeight): boolean =>
  sinceArchiveMs !== null && sinceArchiveMs < LONGEST_WAIT_MS

/** Under load a little often, since much at once takes the line its processors. */
const isLeaving = ({ sinceArchiveMs }: FinishedWeight): boolean => sinceArchiveMs !== null && sinceArchiveMs < REST_MS

/** First what is too much, then what is too old. */
function choicesOf(limits: RetentionLimits, weight: FinishedWeight): LeavingChoice[] {
  const { minAgeMs, completedMs, cancelledMs } = limits
  const excess = excessOf(limits, weight)
  const tooMany = { completedForMs: minAgeMs, cancelledForMs: minAgeMs, most: Math.min(MOST, excess) }
  const tooOld = {
    completedForMs: ageOf(completedMs, minAgeMs),
    cancelledForMs: ageOf(cancelledMs, minAgeMs),
    most: MOST,
  }
  const hasAge = tooOld.completedForMs !== null || tooOld.cancelledForMs !== null
  return [...(excess > 0 ? [tooMany] : []), ...(hasAge ? [tooOld] : [])]
}

const ageOf = (limitMs: number | undefined, minAgeMs: number): number | null =>
  limitMs === undefined ? null : Math.max(limitMs, minAgeMs)

/** How many jobs there are too many, by their number or by their bytes. */
function excessOf({ jobs, bytes }: RetentionLimits, weight: FinishedWeight): number {
  const byCount = jobs === undefined ? 0 : weight.jobs - jobs
  const { bytesEach } = weight
  const byBytes = bytes === undefined || bytesEach === null ? 0 : weight.jobs - Math.floor(bytes / bytesEach)
  return Math.max(0, byCount, byBytes)
}

/** The first choice that is enough for an archive, otherwise the last one. */
async function choose(
  archiver: Archiver,
  turn: RetentionTurn,
  choices: readonly LeavingChoice[],
  least: number,
): Promise<ChosenJobs> {
  let chosen: ChosenJobs = { jobs: [], lookedTo: null }
  for (const choice of choices) {
    chosen = await archiver.choose(turn, choice)
    if (chosen.jobs.length >= least) return chosen
  }
  return chosen
}
