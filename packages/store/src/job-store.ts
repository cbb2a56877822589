import type { Job } from '@stageline/domain'
import type { JobStore, LoadedJob, StepRef, Stored } from '@stageline/engine/ports'
import { acceptJobs, ownersOf } from './accept-jobs.ts'
import type { Database, Query } from './database.ts'
import { createDefinitions } from './definitions.ts'
import { createPromisedScopes } from './promised-scopes.ts'
import { loadSteps } from './queries/load-steps.ts'
import { beginRecheck, recheckAll } from './queries/recheck-all.ts'
import { recheckStage } from './queries/recheck-stage.ts'
import { selectPast } from './queries/select-past.ts'
import { selectJobs } from './queries/select-jobs.ts'
import { takeDue } from './queries/take-due.ts'
import { giveBackUnchecked, takeUnchecked } from './queries/take-unchecked.ts'
import { recordJobWrites } from './record-job-writes.ts'

const MAX_JOBS_A_TRANSACTION = 500
const MAX_RECHECKS_A_STATEMENT = 5_000

/** The record of jobs in Postgres, for workers (rows of all tenants) and the gateway (one tenant a transaction). */
export function createJobStore(db: Database): JobStore {
  const known = { definitions: createDefinitions(db), promisedScopes: createPromisedScopes(db) }

  return {
    now: () => db.now(),
    load: (refs) =>
      byTenant(
        db,
        refs,
        ({ tenantId }) => tenantId,
        (tenantId, some) => load(db, tenantId, some),
      ),
    read: (refs) =>
      byTenant(
        db,
        refs,
        ({ tenantId }) => tenantId,
        (tenantId, some) => read(db, tenantId, some),
      ),
    record: (writes) =>
      byTenant(
        db,
        writes,
        ({ after }) => after.tenantId,
        (tenantId, some) => recordJobWrites(db, known, tenantId, some),
      ),
    accept: async (tenantId, jobs) => {
      const accepted: Stored[] = []
      for (const some of chunks(jobs, MAX_JOBS_A_TRANSACTION)) {
        accepted.push(...(await acceptJobs(db, known, tenantId, some)))
      }
      return accepted
    },
    ownersOf: (tenantId, keys) => ownersOf(db, tenantId, keys),
    pastOf: (tenantId, asked) => selectPast(plain(db, tenantId), tenantId, asked),
    takeDue: async (limit) => {
      const { jobs } = await db.timed(() => takeDue(plain(db), limit))
      return jobs
    },
    takeUnchecked: async (limit) => {
      const { taken } = await db.timed(() => takeUnchecked(plain(db), limit))
      return taken
    },
    giveBackUnchecked: (jobs) => giveBackUnchecked(plain(db), jobs),
    recheckStage: (stage) => recheckStage(plain(db), stage, MAX_RECHECKS_A_STATEMENT),
    recheckAll: () => recheckEverything(db),
  }
}

const plain =
  (db: Database, tenantId: string | null = null): Query =>
  (statement, values) =>
    db.query(tenantId, statement, values)

async function load(
  db: Database,
  tenantId: string | null,
  refs: readonly StepRef[],
): Promise<(LoadedJob | undefined)[]> {
  const { loaded } = await db.timed(() => loadSteps(plain(db, tenantId), refs))
  return loaded
}

async function read(
  db: Database,
  tenantId: string | null,
  refs: readonly { tenantId: string; jobId: string }[],
): Promise<(Job | undefined)[]> {
  const { jobs } = await db.timed(() => selectJobs(plain(db, tenantId), refs))
  return refs.map(({ jobId }) => jobs.get(jobId))
}

async function recheckEverything(db: Database): Promise<number> {
  let total = 0
  let at = await beginRecheck(plain(db))
  for (;;) {
    const { changed, next } = await recheckAll(plain(db), at, MAX_RECHECKS_A_STATEMENT)
    if (changed === 0) return total
    total += changed
    at = next
  }
}

/** A worker's statement takes rows of many tenants; the gateway's only of the one that it acts for. Keeps the order. */
async function byTenant<Item, Result>(
  db: Database,
  items: readonly Item[],
  tenantOf: (item: Item) => string,
  run: (tenantId: string | null, items: readonly Item[]) => Promise<Result[]>,
): Promise<Result[]> {
  if (items.length === 0) return []
  if (db.role === 'worker') return run(null, items)
  const results: Result[] = []
  const groups = Map.groupBy(items.keys(), (i) => tenantOf(items[i]!))
  for (const [tenantId, indexes] of groups) {
    const some = await run(
      tenantId,
      indexes.map((i) => items[i]!),
    )
    indexes.forEach((index, i) => (results[index] = some[i]!))
  }
  return results
}

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
