import { isFinalJob, priorityLevel, type HistoryEntry, type Job, type JobState } from '@stageline/domain'
import type {
  BulkActions,
  BulkItem,
  BulkNote,
  BulkProgress,
  BulkQueue,
  BulkState,
  BulkView,
  JobCount,
  JobFilter,
  NewBulkAction,
  NewJob,
  Page,
  PageRequest,
  RunFailure,
  TakenBulkAction,
} from '../ports/index.ts'
import type { MemoryBulkItems } from './memory-bulk-items.ts'

type Row = NewBulkAction & {
  tenantId: string
  state: Exclude<BulkState, 'stopping'>
  progress: BulkProgress
  total: number
  error: RunFailure | null
  tries: number
  owner: string | undefined
  leaseUntil: number
  tryAt: number
  createdAt: number
  chosenTo: string | null
  chosenAt: number | undefined
  finishedAt: number | undefined
  stoppedBy: string | null
}

/** What it needs of the record of jobs. */
type Jobs = {
  now(): Date
  bulkItems: MemoryBulkItems
  jobs(): Job[]
  about(jobId: string): NewJob | undefined
  history(jobId: string): HistoryEntry[]
}

const NOTHING: BulkProgress = { done: 0, skipped: 0, failed: 0, reasons: {} }

/** Bulk actions without a database, over the record of jobs in memory and by its clock. */
export class MemoryBulkActions implements BulkQueue {
  readonly #store: Jobs
  readonly #rows = new Map<string, Row>()
  readonly #keys = new Map<string, { id: string; fingerprint: string }>()

  constructor(store: Jobs) {
    this.#store = store
  }

  get actions(): BulkActions {
    return {
      count: async (tenantId, filter) => this.#count(tenantId, filter),
      begin: async (...given) => this.#begin(...given),
      get: async (tenantId, id) => this.#viewOf(tenantId, id),
      list: async (tenantId, page) => this.#list(tenantId, page),
      stop: async (...given) => this.#stop(...given),
      items: async (tenantId, id, after, limit) =>
        this.#viewOf(tenantId, id)
          ? this.#items(id)
              .filter(({ jobId }) => after === null || jobId > after)
              .slice(0, limit)
          : [],
    }
  }

  async take(owner: string, leaseMs: number): Promise<TakenBulkAction | undefined> {
    const now = this.#now
    const free = [...this.#rows.values()].filter(
      ({ finishedAt, tryAt, leaseUntil }) => finishedAt === undefined && tryAt <= now && leaseUntil <= now,
    )
    const row = free.toSorted((a, b) => a.tryAt - b.tryAt)[0]
    if (!row) return undefined
    Object.assign(row, { owner, leaseUntil: now + leaseMs, state: 'running', progress: this.#counted(row.id) })
    const { tenantId, id, kind, filter, reason, actor, progress, tries, chosenAt } = row
    return { tenantId, id, kind, filter, reason, actor, progress, tries, isChosen: chosenAt !== undefined }
  }

  async choose({ id }: TakenBulkAction, owner: string, leaseMs: number, scan: number) {
    const row = this.#held(id, owner)
    if (!row) return 'lost' as const
    if (row.stoppedBy !== null) return 'done' as const
    row.leaseUntil = this.#now + leaseMs
    const candidates = this.#fitting(row.tenantId, row.filter)
      .filter((job) => (row.chosenTo === null || job.id > row.chosenTo) && msOf(job.id) <= row.createdAt)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, scan)
    for (const job of candidates) this.#store.bulkItems.add(id, job.id)
    row.total += candidates.length
    row.chosenTo = candidates.at(-1)?.id ?? row.chosenTo
    if (candidates.length === scan) return 'more' as const
    row.chosenAt = this.#now
    return 'done' as const
  }

  async next({ id }: TakenBulkAction, after: string | null, limit: number): Promise<string[]> {
    if (this.#rows.get(id)?.stoppedBy !== null) return []
    const open = this.#items(id).filter(({ jobId, outcome }) => outcome === null && (after === null || jobId > after))
    return open.slice(0, limit).map(({ jobId }) => jobId)
  }

  async note({ id }: TakenBulkAction, owner: string, leaseMs: number, made?: BulkNote): Promise<boolean> {
    const row = this.#held(id, owner)
    if (!row) return false
    row.leaseUntil = this.#now + leaseMs
    if (!made) return true
    Object.assign(row, { progress: made.progress, tries: 0, error: null })
    for (const item of made.items) this.#store.bulkItems.note(id, { ...item, at: this.#time(this.#now) })
    return true
  }

  async end({ id }: TakenBulkAction, owner: string, state: 'completed' | 'failed', error: RunFailure | null) {
    const row = this.#held(id, owner)
    if (!row) return false
    const isLeft = row.chosenAt === undefined || this.#items(id).some(({ outcome }) => outcome === null)
    const ended = state === 'completed' && row.stoppedBy !== null && isLeft ? 'stopped' : state
    const progress = this.#counted(id)
    Object.assign(row, { state: ended, error, progress, owner: undefined, leaseUntil: 0, finishedAt: this.#now })
    return true
  }

  async giveBack({ id }: TakenBulkAction, owner: string, afterMs: number, error: RunFailure | null) {
    const row = this.#held(id, owner)
    if (!row) return false
    const tries = row.tries + (error ? 1 : 0)
    Object.assign(row, { state: 'waiting', owner: undefined, leaseUntil: 0, tryAt: this.#now + afterMs, error, tries })
    return true
  }

  get #now(): number {
    return this.#store.now().getTime()
  }

  #begin(tenantId: string, action: NewBulkAction, idempotency: { key: string; fingerprint: string } | null) {
    const owner = idempotency && this.#keys.get(`${tenantId} ${idempotency.key}`)
    if (owner) {
      const kind = owner.fingerprint === idempotency.fingerprint ? ('replayed' as const) : ('other_body' as const)
      return { kind, id: owner.id }
    }
    if (idempotency) this.#keys.set(`${tenantId} ${idempotency.key}`, { id: action.id, ...idempotency })
    this.#rows.set(action.id, {
      ...action,
      tenantId,
      state: 'waiting',
      progress: NOTHING,
      total: 0,
      error: null,
      tries: 0,
      owner: undefined,
      leaseUntil: 0,
      tryAt: this.#now,
      createdAt: this.#now,
      chosenTo: null,
      chosenAt: undefined,
      finishedAt: undefined,
      stoppedBy: null,
    })
    return { kind: 'begun' as const, id: action.id }
  }

  #stop(tenantId: string, id: string, actor: string): boolean {
    const row = this.#rows.get(id)
    if (row?.tenantId !== tenantId || row.finishedAt !== undefined) return false
    this.#store.bulkItems.stopped.add(id)
    row.stoppedBy ??= actor
    row.tryAt = Math.min(row.tryAt, this.#now)
    return true
  }

  #list(tenantId: string, { cursor, limit }: PageRequest): Page<BulkView> {
    const own = [...this.#rows.values()]
      .filter((row) => row.tenantId === tenantId && (cursor === undefined || row.id < cursor))
      .toSorted((a, b) => (a.id < b.id ? 1 : -1))
    const items = own.slice(0, limit).map((row) => this.#viewOf(tenantId, row.id)!)
    return { items, next: own.length > limit ? (items.at(-1)?.id ?? null) : null }
  }

  #count(tenantId: string, filter: JobFilter): JobCount {
    const byState: Partial<Record<JobState, number>> = {}
    const jobs = this.#fitting(tenantId, filter)
    for (const { state } of jobs) byState[state] = (byState[state] ?? 0) + 1
    return { count: jobs.length, isExact: true, byState }
  }

  #fitting(tenantId: string, filter: JobFilter): Job[] {
    return this.#store.jobs().filter((job) => job.tenantId === tenantId && this.#fits(job, filter))
  }

  #fits(job: Job, filter: JobFilter): boolean {
    const about = this.#store.about(job.id)
    const lastError = this.#store.history(job.id).findLast(({ failure }) => failure !== null)?.failure?.code
    const tags = about?.tags ?? []
    const { createdAfter, createdBefore } = filter
    const checks: boolean[] = [
      !filter.state || filter.state.includes(job.state),
      filter.stage === undefined || (job.stage === filter.stage && !isFinalJob(job.state)),
      [undefined, job.workflow].includes(filter.workflow),
      [undefined, job.batchId].includes(filter.batchId),
      [undefined, about?.businessKey].includes(filter.businessKey),
      filter.tag === undefined || tags.includes(filter.tag),
      filter.source === undefined || tags.includes(`source:${filter.source}`),
      [undefined, priorityLevel(job.priority)].includes(filter.priority),
      [undefined, lastError].includes(filter.errorCode),
      !createdAfter || msOf(job.id) >= createdAfter.getTime(),
      !createdBefore || msOf(job.id) < createdBefore.getTime(),
    ]
    return checks.every(Boolean)
  }

  #items(id: string): BulkItem[] {
    return this.#store.bulkItems.list(id)
  }

  #counted(id: string): BulkProgress {
    const progress = { done: 0, skipped: 0, failed: 0 }
    const reasons: Record<string, number> = {}
    for (const { outcome, code } of this.#items(id)) {
      if (outcome !== null) progress[outcome] += 1
      if (code !== null) reasons[code] = (reasons[code] ?? 0) + 1
    }
    return { ...progress, reasons }
  }

  #held(id: string, owner: string): Row | undefined {
    const row = this.#rows.get(id)
    return row?.owner === owner && row.finishedAt === undefined ? row : undefined
  }

  #viewOf(tenantId: string, id: string): BulkView | undefined {
    const row = this.#rows.get(id)
    if (row?.tenantId !== tenantId) return undefined
    const { kind, filter, reason, actor, state, total, progress, error, tries, tryAt, stoppedBy } = row
    return {
      id,
      kind,
      filter,
      reason,
      actor,
      state: stoppedBy !== null && row.finishedAt === undefined ? 'stopping' : state,
      total,
      progress,
      error,
      tries,
      nextTryAt: state === 'waiting' && tries > 0 ? this.#time(tryAt) : null,
      createdAt: this.#time(row.createdAt),
      chosenAt: row.chosenAt === undefined ? null : this.#time(row.chosenAt),
      updatedAt: this.#time(this.#now),
      finishedAt: row.finishedAt === undefined ? null : this.#time(row.finishedAt),
      stoppedBy,
    }
  }

  #time(ms: number): string {
    return new Date(ms).toISOString()
  }
}

/** The moment in an id. */
const msOf = (id: string): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16)
