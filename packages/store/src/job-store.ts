import type { Job } from '@stageline/domain'
import type { JobStore, LoadedJob, StepRef, Stored } from '@stageline/engine/ports'
import { acceptJobs, ownersOf } from './accept-jobs.ts'
import type { Database, Query } from './database.ts'
import { createDefinitions } from './definitions.ts'
import { createPromisedScopes } from './promised-scopes.ts'
import { loadSteps } from './queries/load-steps.ts'
import { beginRecheck, recheckAll } from './queries/recheck-all.ts'
import { recheckQueues } from './queries/recheck-queues.ts'
import { selectPast } from './queries/select-past.ts'
import { selectJobs } from './queries/select-jobs.ts'
import { takeDue } from './queries/take-due.ts'
import { forgetMessages, giveBackUnchecked, takeUnchecked } from './queries/take-unchecked.ts'
import { recordJobWrites } from './record-job-writes.ts'
import { isDue } from './what-is-due.ts'

const MAX_JOBS_A_TRANSACTION = 500
const MAX_RECHECKS_A_STATEMENT = 5_000

/** The record of jobs in Postgres, for workers (rows of all tenants) and the gateway (one tenant a transaction). */
export function createJobStore(db: Database): JobStore {
  const forgotten = new Forgotten((messages) => forgetMessages(plain(db), messages))
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
    record: (writes, messages = []) =>
      byTenant(
        db,
        writes,
        ({ after }) => after.tenantId,
        (tenantId, some) => {
          const own = tenantId === null ? messages : messages.filter((one) => one.tenantId === tenantId)
          return recordJobWrites(db, known, tenantId, { writes: some, messages: own, forgotten: forgotten.take() })
        },
      ),
    accept: async (tenantId, jobs, messages = []) => {
      const accepted: Stored[] = []
      for (const some of chunks(jobs, MAX_JOBS_A_TRANSACTION)) {
        accepted.push(...(await acceptJobs(db, known, tenantId, { jobs: some, messages })))
      }
      return accepted
    },
    ownersOf: (tenantId, keys) => ownersOf(db, tenantId, keys),
    pastOf: (tenantId, asked) => selectPast(plain(db, tenantId), tenantId, asked),
    takeDue: async (limit) => {
      if (!(await isDue(db, 'timers'))) return []
      const { jobs } = await db.timed(() => takeDue(plain(db), limit))
      return jobs
    },
    hasUnchecked: () => isDue(db, 'messages'),
    takeUnchecked: (limit) => takeUnchecked(plain(db), limit),
    giveBackUnchecked: (messages) => giveBackUnchecked(plain(db), messages),
    forget: (messages) => forgotten.add(messages),
    recheckQueues: (queues) => recheckQueues(plain(db), queues, MAX_RECHECKS_A_STATEMENT),
    recheckAll: () => recheckEverything(db),
  }
}

const FORGET_WITHIN_MS = 1_000
const MAX_FORGOTTEN = 1_000

/** Messages whose rows may go: with the next statement that takes them along, or by one of their own when none comes. */
class Forgotten {
  readonly #forget: (messages: string[]) => Promise<void>
  #messages: string[] = []
  #isPlanned = false

  constructor(forget: (messages: string[]) => Promise<void>) {
    this.#forget = forget
  }

  add(messages: readonly string[]): void {
    this.#messages.push(...messages)
    if (this.#isPlanned) return
    this.#isPlanned = true
    setTimeout(() => this.#flush(), FORGET_WITHIN_MS).unref()
  }

  take(): string[] {
    return this.#messages.splice(0, MAX_FORGOTTEN)
  }

  #flush(): void {
    this.#isPlanned = false
    const left = this.take()
    // What cannot be forgotten now is looked for once more.
    if (left.length > 0) void this.#forget(left).catch(() => undefined)
    if (this.#messages.length > 0) this.add([])
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
