import type { HistoryEntry, Job, JobState } from '@stageline/domain'
import { automationGaveUp, isFinalJob } from '@stageline/domain'
import type {
  Accepted,
  IdempotencyKey,
  IntakePast,
  JobStore,
  JobWrite,
  LoadedJob,
  Message,
  NewJob,
  PastAsked,
  Sought,
  Stored,
  StageView,
  StepRef,
  TaskView,
  WriteOutcome,
} from '../ports/index.ts'
import { MemoryBulkItems } from './memory-bulk-items.ts'
import { MemoryPast } from './memory-past.ts'
import { MemoryTasks } from './memory-tasks.ts'

type Row = {
  job: Job
  history: HistoryEntry[]
  /** The input at 1, edited inputs at the `seq` that their step points to. */
  payloads: Map<number, unknown>
  about: NewJob
}

type SoughtRow = Sought & { priority: number; checkAt: string }

const FIRST_LOOK_MS = 2_000
/** So long a due job is left to who took it. */
const DUE_PUSH_MS = 5_000
/** So much earlier is the most urgent message looked for after a loss than the least. */
const FIRST_BY_MS = 10_000
const GIVEN_BACK_MS = 5_000
const LONGEST_LOOK_MS = 300_000

/**
 * The record in maps, with the same compare-and-set as the database and a clock that a test moves. Everything is copied
 * in and out as JSON, so nothing is shared by accident.
 */
export class MemoryJobStore implements JobStore {
  readonly tasks = new MemoryTasks()
  readonly bulkItems = new MemoryBulkItems()
  readonly #past = new MemoryPast(this.tasks)
  /** What workers of stages have published; a test fills it. */
  readonly stageViews: StageView[] = []
  readonly #rows = new Map<string, Row>()
  readonly #messages = new Map<string, SoughtRow>()
  readonly #keys = new Map<string, { fingerprint: string; jobId: string }>()
  #now: Date

  constructor(now = new Date('2026-01-01T00:00:00.000Z')) {
    this.#now = now
  }

  now(): Date {
    return new Date(this.#now)
  }

  setNow(now: Date): void {
    this.#now = now
  }

  async load(refs: readonly StepRef[]): Promise<(LoadedJob | undefined)[]> {
    return refs.map(({ tenantId, jobId, step }) => {
      const row = this.#row(tenantId, jobId)
      if (!row) return undefined
      const edited = row.job.steps[step]?.input
      return copy({
        job: row.job,
        input: row.payloads.get(1) as LoadedJob['input'],
        outputs: outputsOf(row),
        ...(edited === undefined ? {} : { editedInput: row.payloads.get(edited) as LoadedJob['input'] }),
      })
    })
  }

  async read(refs: readonly { tenantId: string; jobId: string }[]): Promise<(Job | undefined)[]> {
    return refs.map(({ tenantId, jobId }) => copy(this.#row(tenantId, jobId)?.job))
  }

  async record(writes: readonly JobWrite[], messages: readonly Message[] = []): Promise<WriteOutcome[]> {
    const outcomes = writes.map((write) => this.#write(write))
    this.#seek(messages)
    return outcomes
  }

  async accept(tenantId: string, jobs: readonly NewJob[], messages: readonly Message[] = []): Promise<Stored[]> {
    const answers = jobs.map((fresh) => this.#accept(tenantId, fresh))
    this.#seek(messages)
    return answers
  }

  async ownersOf(tenantId: string, keys: readonly (IdempotencyKey | null)[]): Promise<(Accepted | undefined)[]> {
    return keys.map((wanted) => wanted && this.#ownerOf(tenantId, wanted)).map((owner) => owner ?? undefined)
  }

  async pastOf(tenantId: string, asked: readonly PastAsked[]): Promise<IntakePast> {
    const own = [...this.#rows.values()].filter(({ job }) => job.tenantId === tenantId)
    return this.#past.of(own, asked, this.#now)
  }

  async takeDue(limit: number): Promise<Job[]> {
    const due = this.#openRows().filter(({ job }) => job.dueAt !== null && job.dueAt <= this.#now.toISOString())
    return due.slice(0, limit).map((row) => {
      const taken = copy(row.job)
      row.job = { ...row.job, dueAt: this.#in(DUE_PUSH_MS) }
      return taken
    })
  }

  async hasUnchecked(): Promise<boolean> {
    return this.#unchecked().length > 0
  }

  #unchecked() {
    return [...this.#messages.values()].filter(({ checkAt }) => checkAt <= this.#now.toISOString())
  }

  async takeUnchecked(limit: number): Promise<Sought[]> {
    const due = this.#unchecked()
    due.sort((a, b) => (a.checkAt < b.checkAt ? -1 : 1))
    const first = due.filter((_, i) => due.slice(0, i).reduce((sum, { jobs }) => sum + jobs.length, 0) < limit)
    first.sort((a, b) => b.priority - a.priority || (a.jobs[0]! < b.jobs[0]! ? -1 : 1))
    return first.map((message) => {
      message.looks += 1
      message.checkAt = this.#in(Math.min(1_500 * 2 ** message.looks, LONGEST_LOOK_MS))
      const { id, tenantId, stage, jobs, looks } = message
      return { id, tenantId, stage, jobs, looks }
    })
  }

  async giveBackUnchecked(messages: readonly string[]): Promise<void> {
    for (const message of messages.flatMap((id) => this.#messages.get(id) ?? [])) {
      message.looks = Math.max(message.looks - 1, 0)
      message.checkAt = this.#in(GIVEN_BACK_MS)
    }
  }

  forget(messages: readonly string[]): void {
    for (const id of messages) this.#messages.delete(id)
  }

  async recheckAll(): Promise<number> {
    const all = [...this.#messages.values()]
    for (const message of all) message.checkAt = this.#in(message.priority * -FIRST_BY_MS)
    return stepsOf(all)
  }

  async recheckQueues(queues: readonly string[]): Promise<number> {
    const later = [...this.#messages.values()].filter(
      (one) => queues.includes(one.stage) && one.checkAt > this.#in(5_000),
    )
    for (const message of later) {
      message.looks = Math.max(message.looks, 2)
      message.checkAt = this.#now.toISOString()
    }
    return stepsOf(later)
  }

  async task(_tenantId: string, taskId: string): Promise<TaskView | undefined> {
    return copy(this.tasks.find(taskId))
  }

  async stages(_tenantId: string): Promise<StageView[]> {
    return this.stageViews
  }

  async submitter(tenantId: string, jobId: string): Promise<string | undefined> {
    return this.#row(tenantId, jobId)?.about.actor
  }

  history(jobId: string): HistoryEntry[] {
    return copy(this.#rows.get(jobId)?.history ?? [])
  }

  /** How the job came: business key, tags, origin, what it replays. */
  about(jobId: string): NewJob | undefined {
    return this.#rows.get(jobId)?.about
  }

  jobs(state?: JobState): Job[] {
    return [...this.#rows.values()].map(({ job }) => copy(job)).filter((job) => !state || job.state === state)
  }

  /** The earliest moment at which time alone makes something happen; null when nothing waits. */
  nextDue(): Date | null {
    const times = this.#openRows().flatMap(({ job }) => (job.dueAt === null ? [] : [job.dueAt]))
    return times.length === 0 ? null : new Date(times.toSorted()[0]!)
  }

  #accept(tenantId: string, fresh: NewJob): Stored {
    const { job, input, history, tasks, idempotency } = fresh
    const key = idempotency && `${tenantId}/${idempotency.operation}/${idempotency.key}`
    const earlier = idempotency && this.#ownerOf(tenantId, idempotency)
    if (earlier) return earlier
    if (this.#isDayFull(fresh)) return { kind: 'day_full' }
    if (key !== null) this.#keys.set(key, { fingerprint: idempotency!.fingerprint, jobId: job.id })
    const row = { job, history: [...history], payloads: new Map([[1, input]]), about: fresh }
    this.#rows.set(job.id, {
      ...row,
      job: copy(job),
      history: copy(row.history),
      payloads: new Map([[1, copy(input)]]),
    })
    for (const task of tasks) this.tasks.open(copy(task), job, this.#now)
    return { kind: 'accepted', jobId: job.id }
  }

  #isDayFull({ job: { tenantId, workflow }, countedOn, dayBound }: NewJob): boolean {
    const rows = [...this.#rows.values()].filter(({ job }) => job.tenantId === tenantId && job.workflow === workflow)
    return dayBound !== null && rows.filter(({ about }) => about.countedOn === countedOn).length >= dayBound
  }

  #ownerOf(tenantId: string, { operation, key, fingerprint }: IdempotencyKey): Accepted | undefined {
    const owner = this.#keys.get(`${tenantId}/${operation}/${key}`)
    return owner && { kind: owner.fingerprint === fingerprint ? 'replayed' : 'other_body', jobId: owner.jobId }
  }

  #write(write: JobWrite): WriteOutcome {
    const { before, after, history, tasks, closings, editedInputs } = write
    const row = this.#row(before.tenantId, before.id)
    if (!row) return { kind: 'gone' }
    if (row.job.revision !== before.revision) return { kind: 'changed', job: copy(row.job) }
    if (!this.bulkItems.isWanted(write)) return { kind: 'gone' }
    if (isUnstorable([after.steps, after.values, history, tasks, editedInputs])) {
      return { kind: 'unstorable', message: 'unsupported Unicode escape sequence' }
    }
    row.job = copy({ ...after, revision: before.revision + 1 })
    row.history.push(...copy(history))
    if (automationGaveUp(before, after, tasks)) this.#past.noteFailure(after.id, this.#now)
    for (const { seq, body } of editedInputs) row.payloads.set(seq, copy(body))
    const actor = history.at(0)?.actor ?? null
    for (const closing of closings) this.tasks.close(closing, { jobId: after.id, actor, now: this.#now })
    for (const task of tasks) this.tasks.open(copy(task), after, this.#now)
    this.bulkItems.settle(write, this.#now.toISOString())
    return { kind: 'recorded' }
  }

  #seek(messages: readonly Message[]): void {
    for (const { id, tenantId, stage, steps } of messages) {
      const jobs = steps.map(([jobId]) => jobId)
      const priority = Math.max(...jobs.map((jobId) => this.#row(tenantId, jobId)?.job.priority ?? 0))
      this.#messages.set(id, { id, tenantId, stage, jobs, priority, looks: 0, checkAt: this.#in(FIRST_LOOK_MS) })
    }
  }

  #row(tenantId: string, jobId: string): Row | undefined {
    const row = this.#rows.get(jobId)
    return row?.job.tenantId === tenantId ? row : undefined
  }

  #openRows(): Row[] {
    return [...this.#rows.values()].filter(({ job }) => !isFinalJob(job.state))
  }

  #in(ms: number): string {
    return new Date(this.#now.getTime() + ms).toISOString()
  }
}

const stepsOf = (messages: readonly SoughtRow[]): number => messages.reduce((sum, { jobs }) => sum + jobs.length, 0)

function outputsOf({ job, history }: Row): Record<string, unknown> {
  const bySeq = new Map(history.map((entry) => [entry.seq, entry.data]))
  return Object.fromEntries(
    Object.entries(job.steps).flatMap(([key, { output }]) => (output === undefined ? [] : [[key, bySeq.get(output)]])),
  )
}

/** What Postgres refuses in JSON: NUL, and one half of a surrogate pair. */
const isUnstorable = (value: unknown): boolean =>
  /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i.test(JSON.stringify(value))

const copy = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T))
