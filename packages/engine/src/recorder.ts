import type { Job, Workflow } from '@stageline/domain'
import { SystemError } from '@stageline/domain'
import { setTimeout as delay } from 'node:timers/promises'
import { addressMessages } from './address-messages.ts'
import type { Rules } from './advance-job.ts'
import { advanceJob } from './advance-job.ts'
import { gather } from './gather.ts'
import type { Advance, Happening } from './happening.ts'
import type { JobStore, JobWrite, Message, Observer, StageQueue } from './ports/index.ts'

export type Change = { workflow: Workflow; job: Job; happening: Happening; rules?: Rules }

export type Recorded =
  | { kind: 'recorded'; job: Job }
  | { kind: 'stale'; job?: Job }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'unstorable'; message: string }

export type RecorderDeps = {
  store: Pick<JobStore, 'now' | 'record'>
  queue: Pick<StageQueue, 'send'>
  observer: Observer
  /** How many steps of a stage one message may carry. */
  bundleOf: (stage: string) => number
  /** While it is open, a record that the database did not take is tried again; then it fails. */
  signal?: AbortSignal
}

/** Changes of one job that are written together: folded in memory onto the row as it was last seen. */
type Group = {
  workflow: Workflow
  job: Job
  changes: Waiting[]
  /** Written after the others, since one of them may not be storable. */ rest: Waiting[]
}
type Waiting = { change: Change; settle: (recorded: Recorded) => void }
type Fold = { group: Group; write: JobWrite; send: string[] }

const MAX_ITEMS = 400
const MAX_BYTES = 256_000

/**
 * Makes happenings lasting: advances the job, compares and sets the row, and sends what became due, in this order.
 * Calls from everywhere in the process travel in common statements. Resolves after the commit and the sending.
 */
export function createRecorder(deps: RecorderDeps): (change: Change) => Promise<Recorded> {
  return gather((changes: Change[]) => recordAll(changes, deps), {
    maxItems: MAX_ITEMS,
    maxBytes: MAX_BYTES,
    sizeOf: ({ happening }) => ('output' in happening ? JSON.stringify(happening.output ?? null).length : 500),
  })
}

async function recordAll(changes: Change[], deps: RecorderDeps): Promise<Recorded[]> {
  const results: Recorded[] = []
  let groups = groupByJob(changes, results)
  while (groups.length > 0) groups = await recordRound(groups, deps)
  return results
}

function groupByJob(changes: Change[], results: Recorded[]): Group[] {
  const groups = new Map<string, Group>()
  changes.forEach((change, i) => {
    const { workflow, job } = change
    const group = groups.get(job.id) ?? { workflow, job, changes: [], rest: [] }
    if (job.revision > group.job.revision) group.job = job
    group.changes.push({ change, settle: (recorded) => (results[i] = recorded) })
    groups.set(job.id, group)
  })
  return [...groups.values()]
}

/** One statement for all groups. Returns the groups whose row had moved on, to be advanced again from there. */
async function recordRound(groups: Group[], deps: RecorderDeps): Promise<Group[]> {
  const now = deps.store.now()
  const folds = groups.map((group) => fold(group, now)).filter((one) => one !== undefined)
  const left = groups.filter((group) => group.changes.length === 0 && group.rest.length > 0)
  if (folds.length === 0) return left.map(nextOfRest)
  const messages = address(folds, deps)
  const outcomes = await recordPatiently(
    folds.map(({ write }) => write),
    deps,
  )
  const again: Group[] = []
  const sent = new Set<string>()
  folds.forEach((one, i) => {
    const outcome = outcomes[i]!
    const { group, write } = one
    if (outcome.kind === 'recorded' || (outcome.kind === 'changed' && isOwnCommit(one, outcome.job))) {
      for (const key of one.send) sent.add(write.after.steps[key]!.message!)
      settleAll(group, { kind: 'recorded', job: write.after })
      if (group.rest.length > 0) again.push(nextOfRest({ ...group, job: write.after }))
    } else if (outcome.kind === 'changed') {
      again.push({ ...group, job: outcome.job })
    } else if (outcome.kind === 'unstorable' && group.changes.length > 1) {
      again.push({ ...group, changes: group.changes.slice(0, 1), rest: [...group.changes.slice(1), ...group.rest] })
    } else {
      settleAll(group, outcome.kind === 'gone' ? { kind: 'stale' } : outcome)
      if (group.rest.length > 0) again.push(nextOfRest(group))
    }
  })
  deps.observer.count('records_written', folds.length)
  await send(
    messages.flatMap((message) =>
      keepRecorded(
        message,
        folds,
        outcomes.map(({ kind }) => kind),
        sent,
      ),
    ),
    deps,
  )
  return [...again, ...left.map(nextOfRest)]
}

const nextOfRest = (group: Group): Group => ({ ...group, changes: group.rest, rest: [] })

function fold(group: Group, now: Date): Fold | undefined {
  const merged: Omit<Advance, 'job' | 'send'> = {
    history: [],
    tasks: [],
    closings: [],
    editedInputs: [],
    decisions: [],
  }
  const send = new Set<string>()
  let job = group.job
  const fitting = group.changes.filter(({ change, settle }) => {
    const advance = advanceJob(group.workflow, job, change.happening, now, change.rules)
    if ('stale' in advance) settle({ kind: 'stale', job: group.job })
    else if ('refused' in advance) settle({ kind: 'refused', ...advance.refused })
    else {
      job = advance.job
      merged.history.push(...advance.history)
      merged.tasks.push(...advance.tasks)
      merged.closings.push(...advance.closings)
      merged.editedInputs.push(...advance.editedInputs)
      merged.decisions.push(...advance.decisions)
      for (const key of advance.send) send.add(key)
      return true
    }
    return false
  })
  group.changes = fitting
  if (fitting.length === 0) return undefined
  const after = { ...job, revision: group.job.revision + 1 }
  const queued = [...send].filter((key) => after.steps[key]!.state === 'queued')
  return { group, write: { before: group.job, after, ...merged }, send: queued }
}

function address(folds: Fold[], { bundleOf }: RecorderDeps): Message[] {
  const { jobs, messages } = addressMessages(
    folds.map(({ group, write, send }) => ({ workflow: group.workflow, job: write.after, send })),
    bundleOf,
  )
  folds.forEach((one, i) => (one.write = { ...one.write, after: jobs[i]! }))
  return messages
}

/** A commit whose answer was lost: the row already carries the messages that were chosen for this write. */
function isOwnCommit({ write, send }: Fold, row: Job): boolean {
  const { after } = write
  if (send.length > 0) return send.every((key) => row.steps[key]?.message === after.steps[key]!.message)
  return row.revision === after.revision && row.seq === after.seq && row.state === after.state
}

/** Only the steps whose write won are sent with a message that several writes share. */
function keepRecorded(message: Message, folds: Fold[], kinds: string[], sent: ReadonlySet<string>): Message[] {
  if (!sent.has(message.id)) return []
  if (kinds.every((kind) => kind === 'recorded')) return [message]
  const won = new Set(folds.filter((_, i) => kinds[i] === 'recorded').map(({ write }) => write.after.id))
  const steps = message.steps.filter(([jobId]) => won.has(jobId))
  return [{ ...message, steps: steps.length > 0 ? steps : message.steps }]
}

const settleAll = (group: Group, recorded: Recorded): void => group.changes.forEach(({ settle }) => settle(recorded))

/** The database is away: hold what there is, and write it when it is back. Repeating an unclear commit is harmless. */
async function recordPatiently(writes: JobWrite[], { store, observer, signal }: RecorderDeps) {
  for (let wait = 100; ; wait = Math.min(wait * 2, 2_000)) {
    try {
      return await store.record(writes)
    } catch (error) {
      if (!(error instanceof SystemError) || signal?.aborted) throw error
      observer.trouble('store.unavailable', error)
      await delay(wait, undefined, signal ? { signal } : {}).catch(() => undefined)
    }
  }
}

/** Sending may fail: the rows say what is queued, and repair sends it. */
async function send(messages: Message[], { queue, observer }: RecorderDeps): Promise<void> {
  if (messages.length === 0) return
  try {
    await queue.send(messages)
    observer.count('messages_sent', messages.length)
  } catch (error) {
    observer.trouble('queue.unavailable', error, { messages: messages.length })
  }
}
