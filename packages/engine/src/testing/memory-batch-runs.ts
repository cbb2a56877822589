import type { SourceDefinition } from '@stageline/domain'
import type {
  BatchRuns,
  NewRun,
  RunProgress,
  RunQueue,
  RunState,
  RunView,
  SourceStore,
  SourceView,
  TakenRun,
} from '../ports/index.ts'

type Row = NewRun & {
  tenantId: string
  state: RunState
  progress: RunProgress
  error: RunView['error']
  tries: number
  owner: string | undefined
  leaseUntil: number
  tryAt: number
  createdAt: number
  finishedAt: number | undefined
}
type SourceRow = SourceView & { tenantId: string; markKeys: readonly string[] }

const NOTHING: RunProgress = {
  read: 0,
  submitted: 0,
  skipped: 0,
  refused: 0,
  faults: [],
  sample: [],
  routes: {},
  mark: null,
  markKeys: [],
}

/** Sources and runs without a database: one clock, one process. */
export class MemoryBatchRuns implements RunQueue {
  nowMs = Date.parse('2026-11-20T12:00:00.000Z')
  readonly #sources = new Map<string, SourceRow>()
  readonly #runs = new Map<string, Row>()
  readonly #keys = new Map<string, { id: string; fingerprint: string }>()

  get sources(): SourceStore {
    return {
      put: (...given) => this.put(...given),
      get: async (tenantId, key) => this.#sources.get(`${tenantId} ${key}`),
      list: (tenantId) => this.list(tenantId),
      remove: (...given) => this.remove(...given),
    }
  }

  get runs(): BatchRuns {
    return {
      begin: (...given) => this.begin(...given),
      get: async (tenantId, id) => this.#view(tenantId, id),
      stop: (tenantId, id) => this.stop(tenantId, id),
    }
  }

  async put(tenantId: string, definition: SourceDefinition, actor: string, ifVersion: number | null) {
    const known = this.#sources.get(`${tenantId} ${definition.key}`)
    if (ifVersion !== null && ifVersion !== (known?.version ?? 0)) return 'conflict' as const
    const keeps = known?.definition.markColumn === definition.markColumn ? known : undefined
    const { mark = null, markAt = null, markKeys = [] } = keeps ?? {}
    const version = (known?.version ?? 0) + 1
    const updatedAt = this.#time(this.nowMs)
    const row = { tenantId, definition, version, mark, markAt, markKeys, updatedAt, updatedBy: actor }
    this.#sources.set(`${tenantId} ${definition.key}`, { ...row, createdAt: known?.createdAt ?? updatedAt })
    return { version }
  }

  async list(tenantId: string): Promise<SourceView[]> {
    const own = [...this.#sources.values()].filter((source) => source.tenantId === tenantId)
    return own.sort((a, b) => (a.definition.key < b.definition.key ? -1 : 1))
  }

  async remove(tenantId: string, key: string, ifVersion: number | null) {
    const known = this.#sources.get(`${tenantId} ${key}`)
    if (!known) return 'unknown' as const
    if (ifVersion !== null && ifVersion !== known.version) return 'conflict' as const
    this.#sources.delete(`${tenantId} ${key}`)
    return 'removed' as const
  }

  async begin(tenantId: string, run: NewRun, idempotency: { key: string; fingerprint: string } | null) {
    const owner = idempotency && this.#keys.get(`${tenantId} ${idempotency.key}`)
    if (owner) {
      const kind = owner.fingerprint === idempotency.fingerprint ? ('replayed' as const) : ('other_body' as const)
      return { kind, id: owner.id }
    }
    const takesNew = ({ request, source }: NewRun) => request.onlyNew && !request.dryRun && source === run.source
    const isBusy = [...this.#runs.values()].some(
      (one) => one.tenantId === tenantId && one.finishedAt === undefined && takesNew(one),
    )
    if (takesNew(run) && isBusy) return { kind: 'busy' as const }
    const source = run.source === null ? undefined : this.#sources.get(`${tenantId} ${run.source}`)
    const { mark = null, markKeys = [] } = run.request.onlyNew ? (source ?? {}) : {}
    if (idempotency) this.#keys.set(`${tenantId} ${idempotency.key}`, { id: run.id, ...idempotency })
    this.#runs.set(run.id, {
      ...run,
      tenantId,
      state: 'waiting',
      progress: { ...NOTHING, mark, markKeys },
      error: null,
      tries: 0,
      owner: undefined,
      leaseUntil: 0,
      tryAt: this.nowMs,
      createdAt: this.nowMs,
      finishedAt: undefined,
    })
    return { kind: 'begun' as const, id: run.id }
  }

  async stop(tenantId: string, id: string): Promise<boolean> {
    const row = this.#runs.get(id)
    if (row?.tenantId !== tenantId || row.finishedAt !== undefined) return false
    this.#finish(row, 'stopped', row.error)
    return true
  }

  async take(owner: string, leaseMs: number, onlyPreview = false): Promise<TakenRun | undefined> {
    const free = [...this.#runs.values()].filter(
      ({ finishedAt, tryAt, leaseUntil, preview }) =>
        finishedAt === undefined && tryAt <= this.nowMs && leaseUntil <= this.nowMs && (preview || !onlyPreview),
    )
    const row = free.sort((a, b) => Number(b.preview) - Number(a.preview) || a.tryAt - b.tryAt)[0]
    if (!row) return undefined
    Object.assign(row, { owner, leaseUntil: this.nowMs + leaseMs, state: 'reading' })
    const { tenantId, id, name, source, origin, columns, request, preview, actor, progress, tries } = row
    return { tenantId, id, name, source, origin, columns, request, preview, actor, progress, tries }
  }

  async note({ id }: TakenRun, owner: string, leaseMs: number, progress?: RunProgress): Promise<boolean> {
    const row = this.#held(id, owner)
    if (!row) return false
    Object.assign(row, { leaseUntil: this.nowMs + leaseMs, ...(progress ? { progress, tries: 0, error: null } : {}) })
    return true
  }

  async end({ id }: TakenRun, owner: string, state: 'completed' | 'failed', error: RunView['error']): Promise<boolean> {
    const row = this.#held(id, owner)
    if (row) this.#finish(row, state, error)
    return row !== undefined
  }

  async giveBack({ id }: TakenRun, owner: string, afterMs: number, error: RunView['error']): Promise<boolean> {
    const row = this.#held(id, owner)
    if (!row) return false
    const tries = row.tries + (error ? 1 : 0)
    Object.assign(row, { state: 'waiting', owner: undefined, leaseUntil: 0, tryAt: this.nowMs + afterMs, error, tries })
    return true
  }

  #held(id: string, owner: string): Row | undefined {
    const row = this.#runs.get(id)
    return row?.owner === owner && row.finishedAt === undefined ? row : undefined
  }

  #finish(row: Row, state: RunState, error: RunView['error']): void {
    Object.assign(row, { state, error, owner: undefined, leaseUntil: 0, finishedAt: this.nowMs })
    const source = row.source === null ? undefined : this.#sources.get(`${row.tenantId} ${row.source}`)
    const { mark, markKeys } = row.progress
    const moves = row.request.onlyNew && !row.request.dryRun && mark !== null
    if (!source || !moves || source.definition.markColumn !== row.columns.markColumn) return
    Object.assign(source, { mark, markKeys, markAt: this.#time(this.nowMs) })
  }

  #view(tenantId: string, id: string): RunView | undefined {
    const row = this.#runs.get(id)
    if (row?.tenantId !== tenantId) return undefined
    const { name, source, request, preview, actor, state, progress, error, tries, tryAt, createdAt, finishedAt } = row
    return {
      id,
      name,
      source,
      request,
      preview,
      actor,
      state,
      progress,
      error,
      tries,
      nextTryAt: state === 'waiting' && tries > 0 ? this.#time(tryAt) : null,
      createdAt: this.#time(createdAt),
      updatedAt: this.#time(this.nowMs),
      finishedAt: finishedAt === undefined ? null : this.#time(finishedAt),
    }
  }

  #time(ms: number): string {
    return new Date(ms).toISOString()
  }
}
