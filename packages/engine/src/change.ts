import type { Job, Workflow } from '@stageline/domain'
import type { Rules } from './advance-job.ts'
import type { Advance, Happening } from './happening.ts'

/** Something that happened to a job, with the row as it was last seen. */
export type Change = {
  workflow: Workflow
  job: Job
  happening: Happening
  rules?: Rules
  /** When it happened, where that is not when it is recorded. */
  at?: Date
  /** What it makes of `from` at that time, where that is known. */
  foreseen?: { from: Job; advance: Advance }
}

/** What became of a change. `stale`: nobody wants it any more. `unstorable`: the database cannot hold what it brings. */
export type Recorded =
  | { kind: 'recorded'; job: Job }
  | { kind: 'stale'; job?: Job }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'unstorable'; message: string }
