import { automationGaveUp } from '@stageline/domain'
import type { JobWrite, Message, WriteOutcome } from '@stageline/engine/ports'
import { clockChanges } from './clock-changes.ts'
import type { Database, Query } from './database.ts'
import { stagesOf, type Definitions } from './definitions.ts'
import type { PromisedScope, PromisedScopes } from './promised-scopes.ts'
import { closeTasks } from './queries/close-tasks.ts'
import { insertAutomationFailures } from './queries/insert-automation-failures.ts'
import { insertDecisions } from './queries/insert-decisions.ts'
import { insertPayloads } from './queries/insert-payloads.ts'
import { insertTasks } from './queries/insert-tasks.ts'
import { keepClocks, type ClockToKeep } from './queries/keep-clocks.ts'
import { recordWrites } from './queries/record-writes.ts'
import { selectJobs } from './queries/select-jobs.ts'
import { settleBulkItems, wantedByBulk } from './queries/settle-bulk-items.ts'
import { isUnstorable } from './store-error.ts'
import { withRetries } from './with-retries.ts'

type Stages = (write: JobWrite) => ReadonlyMap<string, string>
type Recording = {
  db: Database
  tenantId: string | null
  stages: Stages
  clocks: Clocks
  messages: readonly Message[]
  forgotten: readonly string[]
}
/** What a write changes for the clocks of promises: nothing for most. */
type Clocks = (write: JobWrite) => readonly ClockToKeep[]

/**
 * Compare-and-set of many jobs at once, in the order of the writes. Those that lost are read again; a write that the
 * database cannot hold is found by halving, and its neighbours are recorded without it.
 *
 * @param tenantId for whom the gateway writes; null for a worker, whose writes may be of many tenants.
 */
export async function recordJobWrites(
  db: Database,
  { definitions, promisedScopes }: { definitions: Definitions; promisedScopes: PromisedScopes },
  tenantId: string | null,
  { writes, ...others }: Pick<Recording, 'messages' | 'forgotten'> & { writes: readonly JobWrite[] },
): Promise<WriteOutcome[]> {
  const stages = await stagesOfAll(definitions, writes)
  const clocks = await clocksOfAll(promisedScopes, writes, stages)
  const refused = new Map<string, string>()
  const won = await recordOrHalve({ db, tenantId, stages, clocks, ...others }, writes, refused)
  const lost = writes.filter(({ after }) => !won.has(after.id) && !refused.has(after.id))
  const now = await readLosers(db, tenantId, lost)
  return writes.map(({ before, after: { id }, bulkActions }) => {
    if (won.has(id)) return { kind: 'recorded' }
    const message = refused.get(id)
    if (message !== undefined) return { kind: 'unstorable', message }
    const job = now.get(id)
    // It did not lose: its bulk action does not want it.
    if (bulkActions && job?.revision === before.revision) return { kind: 'gone' }
    return job ? { kind: 'changed', job } : { kind: 'gone' }
  })
}

async function stagesOfAll(definitions: Definitions, writes: readonly JobWrite[]): Promise<Stages> {
  const nameOf = ({ after: { tenantId, workflow, version } }: JobWrite): string => `${tenantId}/${workflow}/${version}`
  const known = new Map<string, ReadonlyMap<string, string>>()
  for (const write of writes) {
    const { tenantId, workflow, version } = write.after
    if (!known.has(nameOf(write))) known.set(nameOf(write), stagesOf(await definitions(tenantId, workflow, version)))
  }
  return (write) => known.get(nameOf(write))!
}

async function clocksOfAll(scopes: PromisedScopes, writes: readonly JobWrite[], stages: Stages): Promise<Clocks> {
  const promised = new Map<string, readonly PromisedScope[]>()
  for (const tenantId of new Set(writes.map(({ after }) => after.tenantId)))
    promised.set(tenantId, await scopes(tenantId))
  const changed = new Map<JobWrite, readonly ClockToKeep[]>()
  for (const write of writes) {
    const here = promised.get(write.after.tenantId) ?? []
    if (here.length === 0) continue
    const changes = clockChanges(write.before, write.after, stages(write), here)
    const { workflow } = write.after
    if (changes.length > 0)
      changed.set(
        write,
        changes.map((change) => ({ ...change, ...keyOf(write), workflow })),
      )
  }
  return (write) => changed.get(write) ?? []
}

async function recordOrHalve(
  recording: Recording,
  writes: readonly JobWrite[],
  refused: Map<string, string>,
): Promise<Set<string>> {
  try {
    return await withRetries(() => recordTogether(recording, writes))
  } catch (error) {
    if (!isUnstorable(error)) throw error
    const [only] = writes
    if (writes.length === 1 && only) {
      refused.set(only.after.id, error instanceof Error ? error.message : String(error))
      return new Set()
    }
    const half = Math.ceil(writes.length / 2)
    const first = await recordOrHalve(recording, writes.slice(0, half), refused)
    return first.union(await recordOrHalve(recording, writes.slice(half), refused))
  }
}

/** Nearly all batches are rows, history and counts only: one statement. What is rare shares its transaction. */
async function recordTogether(
  { db, tenantId, stages, clocks, ...others }: Recording,
  writes: readonly JobWrite[],
): Promise<Set<string>> {
  const rare = writes.filter((write) => hasMore(write) || clocks(write).length > 0)
  const query: Query = (statement, values) => db.query(tenantId, statement, values)
  const { won } = await db.timed(() =>
    rare.length === 0
      ? recordWrites(query, { writes, ...others }, stages)
      : db.transaction(tenantId, (inside) => recordWithMore(inside, { writes, ...others }, rare, { stages, clocks })),
  )
  return won
}

const hasMore = (write: JobWrite): boolean => {
  const { tasks, closings, editedInputs, decisions, bulkActions = [] } = write
  const more = tasks.length + closings.length + editedInputs.length + decisions.length + bulkActions.length
  return more > 0 || gaveUp(write)
}

const gaveUp = ({ before, after, tasks }: JobWrite): boolean => automationGaveUp(before, after, tasks)

async function recordWithMore(
  query: Query,
  { writes, ...others }: Parameters<typeof recordWrites>[1],
  rare: readonly JobWrite[],
  { stages, clocks }: Pick<Recording, 'stages' | 'clocks'>,
) {
  const recorded = await recordWrites(query, { writes: await wantedByBulk(query, writes), ...others }, stages)
  const winners = rare.filter(({ after }) => recorded.won.has(after.id))
  await closeTasks(
    query,
    winners.flatMap((write) =>
      write.closings.map((closing) => ({ ...keyOf(write), closing, actor: actorOf(write, closing.step) })),
    ),
  )
  await insertTasks(
    query,
    winners.flatMap((write) => write.tasks.map((task) => ({ ...keyOf(write), workflow: write.after.workflow, task }))),
  )
  await insertPayloads(
    query,
    winners.flatMap((write) => write.editedInputs.map((edited) => ({ ...keyOf(write), ...edited }))),
  )
  await insertDecisions(
    query,
    winners.flatMap((write) => write.decisions.map((made) => ({ ...keyOf(write), ...made }))),
  )
  await insertAutomationFailures(query, winners.filter(gaveUp).map(keyOf))
  await keepClocks(query, winners.flatMap(clocks))
  await settleBulkItems(query, winners)
  return recorded
}

const keyOf = ({ after }: JobWrite) => ({ tenantId: after.tenantId, jobId: after.id })

/** Who settled a task without a verdict of its own: by cancelling or retrying the job. */
const actorOf = ({ history }: JobWrite, step: string): string | null =>
  (history.find((entry) => entry.step === step) ?? history[0])?.actor ?? null

async function readLosers(db: Database, tenantId: string | null, lost: readonly JobWrite[]) {
  if (lost.length === 0) return new Map<string, JobWrite['after']>()
  const { jobs } = await db.timed(() =>
    selectJobs(
      (statement, values) => db.query(tenantId, statement, values),
      lost.map(({ after }) => ({ tenantId: after.tenantId, jobId: after.id })),
    ),
  )
  return jobs
}
