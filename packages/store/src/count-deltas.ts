import type { Job } from '@stageline/domain'

/** A change of one count. `subject`: the stage of a step, the id of a batch, a day, empty for a job. */
export type Delta = {
  kind: 'job' | 'step' | 'batch' | 'day'
  workflow: string
  subject: string
  state: string
  delta: number
}

/**
 * What a commit changes in the counts, from the job before (null: a new one) and after it. Steps that are still pending
 * are counted nowhere.
 */
export function countDeltas(before: Job | null, after: Job, stageOf: ReadonlyMap<string, string>): Delta[] {
  const deltas = new Map<string, Delta>()
  const add = (kind: Delta['kind'], subject: string, state: string, by: number): void => {
    const key = `${kind}/${subject}/${state}`
    const known = deltas.get(key)
    deltas.set(key, { kind, workflow: after.workflow, subject, state, delta: (known?.delta ?? 0) + by })
  }
  if (before) addJob(before, -1, stageOf, add)
  addJob(after, 1, stageOf, add)
  return [...deltas.values()].filter(({ delta }) => delta !== 0)
}

/** Equal for changes whose deltas are equal: cheaper to make than they are, and most writes of a batch have the same. */
export function deltaKey(before: Job | null, after: Job): string {
  let key = `${after.workflow}/${after.version}/${after.batchId}/${before?.state}>${after.state}`
  for (const step in after.steps) {
    const [was, is] = [before?.steps[step]?.state, after.steps[step]!.state]
    if (was !== is) key += `/${step}:${was}>${is}`
  }
  return key
}

type Add = (kind: Delta['kind'], subject: string, state: string, by: number) => void

function addJob(job: Job, by: number, stageOf: ReadonlyMap<string, string>, add: Add): void {
  add('job', '', job.state, by)
  if (job.batchId !== null) add('batch', job.batchId, job.state, by)
  for (const [key, { state }] of Object.entries(job.steps)) {
    if (state !== 'pending') add('step', stageOf.get(key) ?? key, state, by)
  }
}

/** What a job that was accepted adds to the count of its day. */
export const dayDeltas = (workflow: string, day: string | null): Delta[] =>
  day === null ? [] : [{ kind: 'day', workflow, subject: day, state: 'accepted', delta: 1 }]
