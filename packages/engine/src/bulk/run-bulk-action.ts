import { DataError, type Job } from '@stageline/domain'
import type { EngineDeps } from '../engine-deps.ts'
import type { BulkItem, BulkNote, BulkProgress, TakenBulkAction } from '../ports/index.ts'
import type { Recorded } from '../recorder.ts'
import { happeningOfBulk } from './bulk-kinds.ts'

export type BulkDeps = {
  engine: Pick<EngineDeps, 'store' | 'workflows' | 'record'>
  /** Chooses some more of its jobs. @returns whether there may be others */
  choose: () => Promise<boolean>
  /** Ids of some jobs that are yet to be changed. */
  next: (after: string | null) => Promise<string[]>
  /** Says how far it is. @throws when the action is no longer ours */
  note: (made: BulkNote) => Promise<void>
  signal: AbortSignal
}

/**
 * First chooses all jobs, then does to each of them what was asked, as it would be done to that job alone. That a job is
 * done with is noted in the transaction that changes it, so whoever takes the action next changes none a second time.
 */
export async function runBulkAction(action: TakenBulkAction, deps: BulkDeps): Promise<void> {
  while (!action.isChosen && (await deps.choose())) deps.signal.throwIfAborted()
  let { progress } = action
  let after: string | null = null
  for (;;) {
    deps.signal.throwIfAborted()
    const ids = await deps.next(after)
    if (ids.length === 0 && after === null) return
    after = ids.at(-1) ?? null
    const items = await actOnAll(action, ids, deps.engine)
    progress = items.reduce(count, progress)
    await deps.note({ progress, items: items.filter(({ outcome }) => outcome !== 'done') })
  }
}

async function actOnAll(
  action: TakenBulkAction,
  ids: readonly string[],
  engine: BulkDeps['engine'],
): Promise<BulkItem[]> {
  const jobs = await engine.store.read(ids.map((jobId) => ({ tenantId: action.tenantId, jobId })))
  const items = await Promise.all(ids.map((jobId, i) => actOnOne(action, jobId, jobs[i], engine)))
  return items.filter((item) => item !== undefined)
}

/** @returns undefined where nothing was written because the action was stopped, or somebody else did it */
async function actOnOne(
  action: TakenBulkAction,
  jobId: string,
  job: Job | undefined,
  { workflows, record }: BulkDeps['engine'],
): Promise<BulkItem | undefined> {
  const became = (outcome: BulkItem['outcome'], code: string | null = null, detail: string | null = null) => ({
    jobId,
    outcome,
    code,
    detail,
    at: null,
  })
  if (!job) return became('skipped', 'job.unknown', 'There is no such job any more')
  const made = await tryRecord(action, job, { workflows, record })
  switch (made.kind) {
    case 'recorded':
      return became('done')
    case 'refused':
      return became('skipped', made.code, made.message)
    case 'stale':
      return undefined
    case 'unstorable':
      return became('failed', 'job.unstorable', made.message)
    case 'broken':
      return became('failed', made.error.code, made.error.message)
    default:
      return made satisfies never
  }
}

type Made = Recorded | { kind: 'broken'; error: DataError }

/** What is wrong with one job does not end the action for the others. */
async function tryRecord(
  action: TakenBulkAction,
  job: Job,
  { workflows, record }: Pick<EngineDeps, 'workflows' | 'record'>,
): Promise<Made> {
  try {
    const workflow = await workflows.version(job.tenantId, job.workflow, job.version)
    return await record({ workflow, job, happening: happeningOfBulk(action) })
  } catch (error) {
    if (error instanceof DataError) return { kind: 'broken', error }
    throw error
  }
}

function count(progress: BulkProgress, { outcome, code }: BulkItem): BulkProgress {
  if (outcome === null) return progress
  const reasons = code === null ? progress.reasons : { ...progress.reasons, [code]: (progress.reasons[code] ?? 0) + 1 }
  return { ...progress, [outcome]: progress[outcome] + 1, reasons }
}
