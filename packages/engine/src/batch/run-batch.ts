import { DataError, RateLimited, type Problem } from '@stageline/domain'
import { setTimeout as delay } from 'node:timers/promises'
import type { RecordSource, RunProgress, RunSample, SourceItem, TakenRun } from '../ports/index.ts'
import type { Submitted, SubmitRequest } from '../submit-jobs.ts'
import type { DayFull } from '../within-day.ts'
import { recordRequest } from './record-request.ts'
import { RunTally } from './run-tally.ts'

/** Jobs stored in one transaction. */
const PIECE = { items: 200, bytes: 4_000_000 }
const LONGEST_WAIT_MS = 5_000

export type RunDeps = {
  source: RecordSource
  /** Answers in the order of the requests; for a dry run with where each would go. */
  submit: (
    requests: readonly SubmitRequest[],
  ) => Promise<(Submitted & { planned?: Pick<RunSample, 'route' | 'rule'> })[]>
  /** Says how far it is. @throws when the run is no longer ours */
  note: (progress: RunProgress) => Promise<void>
  signal: AbortSignal
}

/**
 * Reads a source and submits its records in pieces, each noted when it is stored. Where the source has marks, a run that
 * is taken again goes on from the last one; else it reads from the beginning, and what was submitted before is known by
 * its idempotency key. Nothing is submitted twice either way.
 *
 * @throws DataError for what a person must mend, others as they come; the reason of the signal
 */
export async function runBatch(run: TakenRun, deps: RunDeps): Promise<void> {
  const { keyColumn, markColumn } = run.columns
  const from = markColumn === undefined ? EMPTY : run.progress
  const batch = new BatchInHand(run, new RunTally(from), deps)
  const reading = { keyColumn, markColumn, from: from.mark ?? undefined }
  for await (const item of deps.source.read(reading, deps.signal)) {
    if (batch.isFull) await batch.flush()
    if (batch.isFull) break
    await batch.take(item)
  }
  await batch.flush()
}

const EMPTY: RunProgress = {
  read: 0,
  submitted: 0,
  skipped: 0,
  refused: 0,
  faults: [],
  sample: [],
  routes: {},
  mark: null,
  markKeys: [],
}

type Wanted = { position: string; request: SubmitRequest; priority: number | null }

class BatchInHand {
  readonly #run: TakenRun
  readonly #tally: RunTally
  readonly #deps: RunDeps
  /** Keys of this reading: of two records with one key the first counts. */
  readonly #keys = new Set<string>()
  #piece: Wanted[] = []
  #bytes = 0
  #taken = 0

  constructor(run: TakenRun, tally: RunTally, deps: RunDeps) {
    this.#run = run
    this.#tally = tally
    this.#deps = deps
  }

  /** As many as are wanted will have been submitted when what is in hand is. */
  get isFull(): boolean {
    const { limit } = this.#run.request
    return limit !== null && this.#tally.progress.submitted + this.#piece.length >= limit
  }

  async take(item: SourceItem): Promise<void> {
    this.#sort(item)
    this.#taken += 1
    const isLarge = this.#piece.length >= PIECE.items || this.#bytes >= PIECE.bytes || this.#taken >= 10 * PIECE.items
    if (isLarge) await this.flush()
  }

  #sort(item: SourceItem): void {
    const { position } = item
    if ('fault' in item) return this.#tally.count('refused', position, item.fault)
    const asked = recordRequest(this.#run, item)
    const came = asked.key !== null && this.#keys.has(asked.key)
    if (!came && this.#tally.isDone(item.mark, asked.key)) return
    if (asked.key !== null) this.#keys.add(asked.key)
    this.#tally.reached(item.mark, asked.key)
    if (asked.kind === 'refused') return this.#tally.count('refused', position, asked.detail)
    if (asked.kind === 'skipped' || came) return this.#tally.count('skipped', position)
    this.#piece.push({ position, request: asked.request, priority: asked.priority })
    this.#bytes += JSON.stringify(asked.request.input).length
  }

  async flush(): Promise<void> {
    let piece = this.#piece
    this.#piece = []
    this.#bytes = 0
    this.#taken = 0
    while (piece.length > 0) piece = await this.#submit(piece)
    await this.#deps.note(this.#tally.settle())
  }

  /**
   * @returns what there was no room for, after a rest
   * @throws RateLimited when the workflow's day is full: the run goes on when the next one has begun.
   */
  async #submit(piece: readonly Wanted[]): Promise<Wanted[]> {
    const outcomes = await submitApart(piece, this.#deps.submit)
    const left: Wanted[] = []
    let waitMs = 0
    for (const [i, one] of piece.entries()) {
      const outcome = outcomes[i]!
      if (outcome.kind === 'full') {
        left.push(one)
        waitMs = Math.min(outcome.full.retryAfterS * 1_000, LONGEST_WAIT_MS)
      } else if (outcome.kind === 'day_full' && !this.#run.request.dryRun) {
        throw untilTomorrow(outcome.day)
      } else {
        this.#settle(one, outcome)
      }
    }
    if (left.length > 0) await delay(waitMs, undefined, { signal: this.#deps.signal })
    return left
  }

  #settle({ position, request, priority }: Wanted, outcome: Outcome): void {
    const problems = problemsOf(outcome)
    const [problem] = problems
    if (problem)
      this.#tally.count('refused', position, problem.pointer ? `${problem.pointer}: ${problem.detail}` : problem.detail)
    else this.#tally.count('submitted', position)
    if (!this.#run.request.dryRun) return
    const { route = null, rule = null } = outcome.planned ?? {}
    const { businessKey = null, input } = request
    this.#tally.show({ position, businessKey, priority, input, route, rule, problems })
  }
}

function problemsOf(outcome: Outcome): readonly Problem[] {
  if (outcome.kind === 'invalid') return outcome.problems
  return outcome.kind === 'day_full' ? [{ pointer: '', detail: untilTomorrow(outcome.day).message }] : []
}

const untilTomorrow = ({ workflow, bound, resetsAt, retryAfterS }: DayFull): RateLimited =>
  new RateLimited(
    'limit.daily_tasks',
    `Workflow "${workflow}" has taken in the ${bound} that its policy allows a day; there is room again at ${resetsAt}`,
    { retryAfterMs: retryAfterS * 1_000 },
  )

type Outcome = Awaited<ReturnType<RunDeps['submit']>>[number]

/** One that the database cannot hold takes no other with it: the piece is halved until it is alone. */
async function submitApart(piece: readonly Wanted[], submit: RunDeps['submit']): Promise<Outcome[]> {
  try {
    return await submit(piece.map(({ request }) => request))
  } catch (error) {
    if (!(error instanceof DataError) || error.code !== 'job.unstorable') throw error
    if (piece.length === 1) return [{ kind: 'invalid', problems: [{ pointer: '', detail: error.message }] }]
    const half = Math.ceil(piece.length / 2)
    return [...(await submitApart(piece.slice(0, half), submit)), ...(await submitApart(piece.slice(half), submit))]
  }
}
