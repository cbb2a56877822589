import { DataError } from '@stageline/domain'
import type { Accepted, IdempotencyKey, Message, NewJob, Stored } from '@stageline/engine/ports'
import { clockChanges } from './clock-changes.ts'
import type { Database, Query } from './database.ts'
import { stagesOf, type Definitions } from './definitions.ts'
import type { PromisedScope, PromisedScopes } from './promised-scopes.ts'
import { insertDecisions } from './queries/insert-decisions.ts'
import { insertJobs } from './queries/insert-jobs.ts'
import { insertTasks } from './queries/insert-tasks.ts'
import { keepClocks } from './queries/keep-clocks.ts'
import { beyondDay } from './queries/room-of-days.ts'
import {
  findIdempotencyKeys,
  takeIdempotencyKeys,
  tryLockKeys,
  type KeyTaken,
  type KeyWanted,
} from './queries/take-idempotency-keys.ts'
import { isUnstorable } from './store-error.ts'
import { withRetries } from './with-retries.ts'

type Stages = (job: NewJob) => ReadonlyMap<string, string>
type About = { stages: Stages; promised: readonly PromisedScope[]; messages: readonly Message[] }
type KeyedJob = NewJob & { idempotency: NonNullable<NewJob['idempotency']> }

/**
 * Stores new jobs in one transaction: keys first, then what won its key. Repeating an unclear commit changes nothing: the
 * key then belongs to the same job, and the job is there.
 *
 * @throws DataError `job.unstorable` when the database cannot hold a value; nothing is stored then.
 */
export async function acceptJobs(
  db: Database,
  { definitions, promisedScopes }: { definitions: Definitions; promisedScopes: PromisedScopes },
  tenantId: string,
  { jobs, messages }: { jobs: readonly NewJob[]; messages: readonly Message[] },
): Promise<Stored[]> {
  const names = new Map<string, ReadonlyMap<string, string>>()
  for (const { job } of jobs) {
    const name = versionOf(job)
    if (!names.has(name)) names.set(name, stagesOf(await definitions(tenantId, job.workflow, job.version)))
  }
  const stages = ({ job }: NewJob) => names.get(versionOf(job))!
  const about = { stages, promised: await promisedScopes(tenantId), messages }
  try {
    return await withRetries(() =>
      db.transaction(tenantId, (query) => acceptAll(query, tenantId, jobs, about), { steady: true }),
    )
  } catch (error) {
    if (!isUnstorable(error)) throw error
    throw new DataError('job.unstorable', `The database cannot hold a value of the job: ${String(error)}`, {
      cause: error,
    })
  }
}

/** Who has the keys, for those that are turned away unless they came before. */
export async function ownersOf(
  db: Database,
  tenantId: string,
  keys: readonly (IdempotencyKey | null)[],
): Promise<(Accepted | undefined)[]> {
  const wanted = keys.filter((key) => key !== null)
  if (wanted.length === 0) return keys.map(() => undefined)
  const rows = await findIdempotencyKeys((statement, values) => db.query(tenantId, statement, values), tenantId, wanted)
  const owners = new Map(rows.map((row) => [keyOf(row), row]))
  return keys.map((key) => {
    const owner = key && owners.get(keyOf(key))
    return owner ? belongsTo(owner, key) : undefined
  })
}

const versionOf = ({ workflow, version }: NewJob['job']): string => `${workflow}/${version}`

async function acceptAll(query: Query, tenantId: string, jobs: readonly NewJob[], about: About): Promise<Stored[]> {
  const beyond = await beyondDays(query, tenantId, jobs)
  const wantedJobs = jobs.filter((one) => !beyond.has(one))
  const keyed = wantedJobs.filter(isKeyed)
  const busy = await inFlight(query, tenantId, keyed)
  const free = keyed.filter((one) => !busy.has(keyOf(one.idempotency)))
  const owners = await takeKeys(query, tenantId, free)
  const answers = jobs.map((one): Stored => (beyond.has(one) ? { kind: 'day_full' } : answer(one, owners, busy)))
  await store(
    query,
    jobs.filter((_, i) => answers[i]!.kind === 'accepted'),
    about,
  )
  return answers
}

const isKeyed = (one: NewJob): one is KeyedJob => one.idempotency !== null

/** What came before under its key is answered as ever, and takes no place. */
async function beyondDays(query: Query, tenantId: string, jobs: readonly NewJob[]): Promise<ReadonlySet<NewJob>> {
  const bounded = jobs.filter(({ dayBound }) => dayBound !== null)
  const keys = bounded.filter(isKeyed).map(({ idempotency }) => idempotency)
  const owned = keys.length === 0 ? [] : await findIdempotencyKeys(query, tenantId, keys)
  const names = new Set(owned.map(keyOf))
  return beyondDay(query, tenantId, bounded, ({ idempotency }) => idempotency !== null && names.has(keyOf(idempotency)))
}

/** Keys whose request is under way elsewhere: a single one is told so at once, those of a batch wait in their order. */
async function inFlight(query: Query, tenantId: string, keyed: readonly KeyedJob[]): Promise<ReadonlySet<string>> {
  const single = keyed.filter(({ job }) => job.batchId === null).map(wanted)
  if (single.length === 0) return new Set()
  const free = await tryLockKeys(query, tenantId, single)
  return new Set(single.filter((_, i) => !free[i]).map(keyOf))
}

/** Who has each key now. A key that comes twice in one request goes to the first. */
async function takeKeys(query: Query, tenantId: string, keyed: readonly KeyedJob[]): Promise<Map<string, KeyTaken>> {
  if (keyed.length === 0) return new Map()
  const firsts = new Map(keyed.toReversed().map((one) => [keyOf(one.idempotency), wanted(one)]))
  const taken = await takeIdempotencyKeys(query, tenantId, [...firsts.values()])
  return new Map(taken.map((row) => [keyOf(row), row]))
}

const wanted = ({ idempotency, job }: KeyedJob): KeyWanted => ({ ...idempotency, jobId: job.id })
const keyOf = ({ operation, key }: { operation: string; key: string }): string => JSON.stringify([operation, key])

function answer(
  { job, idempotency }: NewJob,
  owners: ReadonlyMap<string, KeyTaken>,
  busy: ReadonlySet<string>,
): Accepted {
  if (idempotency && busy.has(keyOf(idempotency))) return { kind: 'in_flight' }
  const owner = idempotency ? owners.get(keyOf(idempotency)) : undefined
  if (!owner || owner.job_id === job.id) return { kind: 'accepted', jobId: job.id }
  return belongsTo(owner, idempotency!)
}

const belongsTo = (owner: KeyTaken, { fingerprint }: IdempotencyKey): Accepted => ({
  kind: owner.fingerprint === fingerprint ? 'replayed' : 'other_body',
  jobId: owner.job_id,
})

async function store(query: Query, jobs: readonly NewJob[], { stages, promised, messages }: About): Promise<void> {
  if (jobs.length === 0) return
  const wanted = new Set(jobs.map(({ job }) => job.id))
  const sought = messages.filter(({ steps }) => steps.some(([jobId]) => wanted.has(jobId)))
  const inserted = await insertJobs(query, { jobs, messages: sought }, stages)
  const fresh = jobs.filter(({ job }) => inserted.has(job.id))
  await insertTasks(
    query,
    fresh.flatMap(({ job, tasks }) =>
      tasks.map((task) => ({ tenantId: job.tenantId, jobId: job.id, workflow: job.workflow, task })),
    ),
  )
  await insertDecisions(
    query,
    fresh.flatMap(({ job, decisions }) => decisions.map((one) => ({ tenantId: job.tenantId, jobId: job.id, ...one }))),
  )
  const clocksOf = (one: NewJob) =>
    clockChanges(null, one.job, stages(one), promised).map((change) => {
      const { tenantId, id: jobId, workflow } = one.job
      return { ...change, tenantId, jobId, workflow }
    })
  await keepClocks(query, fresh.flatMap(clocksOf))
}
