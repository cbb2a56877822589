import type { Job, Workflow } from '@stageline/domain'
import { advanceJob } from './advance-job.ts'
import type { Change, Recorded } from './change.ts'
import type { Advance } from './happening.ts'
import type { JobWrite } from './ports/index.ts'

/** A rejected promise stands for a fault of ours that only this change must feel. */
export type Answer = Recorded | Promise<never>
export type Waiting = { change: Change; settle: (answer: Answer) => void }

/** A change that is held back, to be recorded with what happens to its job next. It is known to be storable. */
export type Held = Waiting & { bytes: number; recorded: Promise<Recorded> }

/** Changes of one job that are written together, onto the row as it was last seen; `rest` is written after them. */
export type Group = { workflow: Workflow; job: Job; changes: Waiting[]; rest: Waiting[] }

export type Fold = {
  group: Group
  write: JobWrite
  send: string[]
  fitting: Waiting[]
  /** Changes that do not fit the job as the others leave it. Told only once those are written. */
  unfit: (readonly [Waiting, Answer])[]
}

type Merged = Pick<Advance, 'history' | 'tasks' | 'closings' | 'editedInputs' | 'decisions'>

/**
 * Advances a job by several changes in memory, so that one write holds them all. A change that closes a task which an
 * earlier one of them opens is left for the next write: a write closes tasks that stood before it, then opens its own.
 *
 * @returns undefined when no change fits; they have been told so.
 */
export function fold(group: Group, now: Date): Fold | undefined {
  const merged: Merged = { history: [], tasks: [], closings: [], editedInputs: [], decisions: [] }
  const send = new Set<string>()
  const fitting: Waiting[] = []
  const unfit: [Waiting, Answer][] = []
  let { job, changes, rest } = group
  for (const [i, waiting] of group.changes.entries()) {
    const advance = tryAdvance(group.workflow, job, waiting.change, now)
    if (!('job' in advance)) {
      unfit.push([waiting, advance.answer])
      continue
    }
    if (closesOwnTask(merged, advance)) {
      changes = group.changes.slice(0, i)
      rest = [...group.changes.slice(i), ...group.rest]
      break
    }
    merge(merged, advance)
    for (const key of advance.send) send.add(key)
    fitting.push(waiting)
    job = advance.job
  }
  if (fitting.length === 0) {
    tell(unfit)
    return undefined
  }
  const after = { ...job, revision: group.job.revision + 1 }
  const queued = [...send].filter((key) => after.steps[key]!.state === 'queued')
  return {
    group: { ...group, changes, rest },
    write: { before: group.job, after, ...merged, ...partOf(fitting) },
    send: queued,
    fitting,
    unfit,
  }
}

/** The bulk actions that the write is part of. */
function partOf(fitting: readonly Waiting[]): Pick<JobWrite, 'bulkActions'> {
  const bulkActions = fitting.flatMap(({ change: { happening } }) =>
    'bulk' in happening && happening.bulk ? [happening.bulk.id] : [],
  )
  return bulkActions.length === 0 ? {} : { bulkActions }
}

export const tell = (answers: readonly (readonly [Waiting, Answer])[]): void => {
  for (const [{ settle }, answer] of answers) settle(answer)
}

/** Tells what becomes of it, also where that is a fault. */
export async function settleWith({ settle }: Waiting, recorded: Promise<Recorded>): Promise<void> {
  try {
    settle(await recorded)
  } catch (error) {
    settle(asFault(error))
  }
}

function tryAdvance(
  workflow: Workflow,
  job: Job,
  { happening, rules, at, foreseen }: Change,
  now: Date,
): Advance | { answer: Answer } {
  if (foreseen?.from === job) return foreseen.advance
  try {
    const advance = advanceJob(workflow, job, happening, at ?? now, rules)
    if ('stale' in advance) return { answer: { kind: 'stale', job } }
    return 'refused' in advance ? { answer: { kind: 'refused', ...advance.refused } } : advance
  } catch (error) {
    return { answer: asFault(error) }
  }
}

/** For those who wait for it; nobody else hears of it. */
export function asFault(error: unknown): Promise<never> {
  const fault = Promise.reject(error)
  fault.catch(() => undefined)
  return fault
}

const closesOwnTask = ({ tasks }: Merged, { closings }: Advance): boolean =>
  closings.some(({ step }) => tasks.some((task) => task.step === step))

function merge(merged: Merged, advance: Advance): void {
  merged.history.push(...advance.history)
  merged.tasks.push(...advance.tasks)
  merged.closings.push(...advance.closings)
  merged.editedInputs.push(...advance.editedInputs)
  merged.decisions.push(...advance.decisions)
}
