import { storableProblems, type Job } from '@stageline/domain'
import { isDeepStrictEqual } from 'node:util'
import { addressMessages } from './address-messages.ts'
import type { Change, Recorded } from './change.ts'
import type { Answer, Fold, Group, Held } from './fold.ts'
import { codePoints } from './code-points.ts'
import { asFault, fold, settleWith, tell } from './fold.ts'
import { gather } from './gather.ts'
import { patiently } from './patiently.ts'
import { sendMessages } from './send-messages.ts'
import { tellHandlers } from './tell-handlers.ts'
import type { JobStore, JobWrite, Message, Observer, StageQueue, WriteOutcome } from './ports/index.ts'

export type { Change, Recorded } from './change.ts'
export type { Held } from './fold.ts'

/** Makes a change lasting, and with it those of its job that were held back for it, the first of them first. */
export type RecordChange = (change: Change, held?: readonly Held[]) => Promise<Recorded>

export type RecorderDeps = {
  store: Pick<JobStore, 'now' | 'record'>
  queue: Pick<StageQueue, 'send'>
  observer: Observer
  /** How many steps of a stage one message may carry. */
  bundleOf: (stage: string) => number
  /** Tells the workers of a stage that a handler of theirs may not be wanted any more. */
  interrupt?: (stage: string, jobId: string) => void
  /** While it is open, a record that the database did not take is tried again; then it fails. */
  signal?: AbortSignal
}

const MAX_ITEMS = 400
const MAX_BYTES = 256_000
/** A larger value would keep the statement, and all that travels after it, beyond the limits of the database. */
const MAX_CHARACTERS = 4_000_000
/** Well within what Postgres can take apart. */
const MAX_DEPTH = 500

/**
 * Makes happenings lasting: advances the job, compares and sets the row, and sends what became due, in this order.
 * Calls from everywhere in the process travel in common statements. Resolves after the commit and the sending.
 */
export function createRecorder(deps: RecorderDeps): RecordChange {
  const record = gather((items: Sized[]) => recordAll(items, deps), {
    maxItems: MAX_ITEMS,
    maxBytes: MAX_BYTES,
    sizeOf: ({ bytes }) => bytes,
  })
  const recordWith = async (change: Change, bytes: number, held: readonly Held[]): Promise<Recorded> => {
    try {
      return await record({ change, held, bytes: held.reduce((sum, one) => sum + one.bytes, bytes) })
    } catch (error) {
      for (const { settle } of held) settle(asFault(error))
      throw error
    }
  }
  return async (change, held = []) => {
    const measured = measureChange(change)
    if (typeof measured === 'number') return recordWith(change, measured, held)
    const last = held.at(-1)
    if (last) await settleWith(last, recordWith(last.change, last.bytes, held.slice(0, -1)))
    return { kind: 'unstorable', message: measured }
  }
}

type Sized = { change: Change; held: readonly Held[]; bytes: number }

/** The size of what a change brings, or why that cannot be stored. */
export function measureChange(change: Change): number | string {
  const values = valuesOf(change)
  const [problem] = storableProblems(values, { maxDepth: MAX_DEPTH })
  if (problem) return `${problem.pointer.replace(/^\/[^/]*/, '')}: ${problem.detail}`
  const characters = JSON.stringify(values).length
  return characters <= MAX_CHARACTERS
    ? 500 + characters
    : `It has ${characters} characters, at most ${MAX_CHARACTERS} are kept: put the bytes in a blob and keep its reference`
}

/** What others bring into the record, of whatever form and size. */
function valuesOf({ happening }: Change): unknown[] {
  const { output, input, checkpoint } = { output: undefined, input: undefined, checkpoint: undefined, ...happening }
  return [output, input, checkpoint, 'failure' in happening ? happening.failure.details : undefined]
}

async function recordAll(items: readonly Sized[], deps: RecorderDeps): Promise<Answer[]> {
  const answers: Answer[] = []
  let groups = groupByJob(items, answers)
  while (groups.length > 0) groups = await recordRound(groups, deps)
  return answers
}

function groupByJob(items: readonly Sized[], answers: Answer[]): Group[] {
  const groups = new Map<string, Group>()
  items.forEach(({ change, held }, i) => {
    const { workflow, job } = change
    const group = groups.get(job.id) ?? { workflow, job, changes: [], rest: [] }
    if (job.revision > group.job.revision) group.job = job
    group.changes.push(...held, { change, settle: (answer) => void (answers[i] = answer) })
    groups.set(job.id, group)
  })
  return [...groups.values()]
}

/** One statement for all groups. Returns what is left to write: rows that had moved on, and what comes after others. */
async function recordRound(groups: readonly Group[], deps: RecorderDeps): Promise<Group[]> {
  const now = deps.store.now()
  const folds: Fold[] = []
  const left: Group[] = []
  for (const group of groups) {
    const one = fold(group, now)
    if (one) folds.push(one)
    else left.push(...afterwards(group))
  }
  if (folds.length === 0) return left
  const messages = address(folds, deps)
  codePoints.recording.publish({ writes: folds.length })
  const { outcomes, unclear } = await recordPatiently(
    folds.map(({ write }) => write),
    messages,
    deps,
  )
  const endings = folds.map((one, i) => endingOf(one, outcomes[i]!, unclear))
  const again = folds.flatMap((one, i) => conclude(one, endings[i]!))
  const won = new Set(folds.filter((_, i) => endings[i]!.kind === 'recorded').map(({ write }) => write.after.id))
  deps.observer.count('records_written', won.size)
  const { interrupt } = deps
  if (interrupt) for (const one of folds) if (won.has(one.write.after.id)) tellHandlers(one, interrupt)
  codePoints.recorded.publish({ writes: won.size, messages: messages.length, jobs: () => jobsOf(folds, won) })
  await sendMessages(ofWon(messages, won), deps)
  return [...again, ...left]
}

const jobsOf = (folds: readonly Fold[], won: ReadonlySet<string>): Job[] =>
  folds.flatMap(({ write: { after } }) => (won.has(after.id) ? [after] : []))

/** A commit whose answer was lost comes back as a row that has moved on: by ourselves. */
function endingOf(one: Fold, outcome: WriteOutcome, unclear: boolean): Ending {
  if (outcome.kind === 'recorded') return { kind: 'recorded', job: one.write.after }
  return outcome.kind === 'changed' && unclear && isOwnCommit(one, outcome.job)
    ? { kind: 'recorded', job: outcome.job }
    : outcome
}

type Ending = { kind: 'recorded'; job: Job } | Exclude<WriteOutcome, { kind: 'recorded' }>

/**
 * The row carries the messages chosen for this write; or, where it chose none, what it changed stands as it was written,
 * whatever became of the other steps since. Two outcomes of one try that leave the row alike cannot be told apart then,
 * and need not be: the one that stands counts.
 */
function isOwnCommit({ write: { before, after }, send }: Fold, row: Job): boolean {
  if (send.length > 0) return send.every((key) => row.steps[key]?.message === after.steps[key]!.message)
  const changed = Object.keys(after.steps).filter((key) => !isDeepStrictEqual(before.steps[key], after.steps[key]))
  if (changed.length === 0) return row.revision === after.revision && row.seq === after.seq
  return changed.every((key) => isDeepStrictEqual(row.steps[key], after.steps[key]))
}

/** Tells who waits what became of it. Returns what must be written yet. */
function conclude({ group, fitting, unfit }: Fold, ending: Ending): Group[] {
  switch (ending.kind) {
    case 'changed':
      return [{ ...group, job: ending.job }]
    case 'recorded':
      tell([...fitting.map((one) => [one, ending] as const), ...unfit])
      return afterwards({ ...group, job: ending.job })
    case 'unstorable':
      return writeSingly({ group, fitting }, ending)
    case 'gone':
      tell([...group.changes, ...group.rest].map((one) => [one, { kind: 'stale' }] as const))
      return []
    default:
      return ending satisfies never
  }
}

/** One of several changes may be the one that cannot be stored: they are written one by one, without the culprit. */
function writeSingly(
  { group, fitting }: Pick<Fold, 'group' | 'fitting'>,
  ending: Extract<Ending, { kind: 'unstorable' }>,
): Group[] {
  const [first, ...others] = fitting
  const rest = [...group.changes.filter((one) => one !== first), ...group.rest]
  if (others.length > 0) return [{ ...group, changes: [first!], rest }]
  first!.settle(ending)
  return afterwards({ ...group, rest })
}

const afterwards = (group: Group): Group[] =>
  group.rest.length > 0 ? [{ ...group, changes: group.rest, rest: [] }] : []

function address(folds: Fold[], { bundleOf }: RecorderDeps): Message[] {
  const { jobs, messages } = addressMessages(
    folds.map(({ group, write, send }) => ({ workflow: group.workflow, job: write.after, send })),
    bundleOf,
  )
  folds.forEach((one, i) => (one.write = { ...one.write, after: jobs[i]! }))
  return messages
}

/** Several writes share a message: only the steps whose write won are sent with it. */
const ofWon = (messages: readonly Message[], won: ReadonlySet<string>): Message[] =>
  messages
    .map((message) => ({ ...message, steps: message.steps.filter(([jobId]) => won.has(jobId)) }))
    .filter(({ steps }) => steps.length > 0)

/** Repeating an unclear commit is harmless. */
const recordPatiently = (
  writes: readonly JobWrite[],
  messages: readonly Message[],
  { store, ...patience }: RecorderDeps,
): Promise<{ outcomes: WriteOutcome[]; unclear: boolean }> =>
  patiently(async (tries) => ({ outcomes: await store.record(writes, messages), unclear: tries > 1 }), patience)
