import type { Job, Workflow } from '@stageline/domain'
import type { JobStore, NewJob } from '@stageline/engine/ports'
import assert from 'node:assert/strict'
import { addressed, newJobOf, successOf } from '../job-fixture.ts'

export type JobStoreUnderTest = AsyncDisposable & {
  store: JobStore
  tenantId: string
  /** Two steps, `first` before `second`; what fails goes to a person. */
  workflow: Workflow
  /** What upkeep does with jobs that have ended. */
  aftermath(): Promise<void>
  /** Moves the clock of the store on. */
  pass(ms: number): Promise<void>
}

/** One behaviour of the contract. */
export type It = (behaviour: string, run: (given: Given) => Promise<void>) => void

/** A store, and what tests do with it again and again. */
export class Given {
  aftermath(): Promise<void> {
    return this.#under.aftermath()
  }

  readonly #under: JobStoreUnderTest

  constructor(under: JobStoreUnderTest) {
    this.#under = under
  }

  get store(): JobStore {
    return this.#under.store
  }

  get tenantId(): string {
    return this.#under.tenantId
  }

  get workflow(): Workflow {
    return this.#under.workflow
  }

  pass(ms: number): Promise<void> {
    return this.#under.pass(ms)
  }

  make(about: Parameters<typeof newJobOf>[2] = {}): NewJob {
    return newJobOf(this.workflow, this.store.now(), { ...about, seed: { ...about.seed, tenantId: this.tenantId } })
  }

  async accepted(about: Parameters<typeof newJobOf>[2] = {}): Promise<Job> {
    const [job] = await this.acceptTogether([about])
    return job!
  }

  /** Their first steps share a message. */
  async acceptTogether(about: readonly Parameters<typeof newJobOf>[2][]): Promise<Job[]> {
    const made = about.map((one) => this.make(one))
    const own = made.map(({ job }) => job)
    const { jobs, messages } = addressed(this.workflow, own, own.length)
    const fresh = made.map((one, i) => ({ ...one, job: jobs[i]! }))
    await this.store.accept(this.tenantId, fresh, messages)
    return Promise.all(jobs.map(({ id }) => this.read(id)))
  }

  /** The first step ends, and the second is queued. */
  async goOn(job: Job): Promise<void> {
    const write = successOf(this.workflow, job, 'first', {}, this.store.now())
    const { jobs, messages } = addressed(this.workflow, [write.after])
    await this.store.record([{ ...write, after: jobs[0]! }], messages)
  }

  /** Routed to automation at intake, of that source. */
  routed(source: string, businessKey: string): Promise<Job> {
    const factors = { source }
    const decision = { route: 'automation', policy: 'p', version: 1, factors, rule: 'r', reason: 'so' } as const
    return this.accepted({ businessKey, seed: { decision } })
  }

  async end(job: Job): Promise<void> {
    const first = successOf(this.workflow, job, 'first', {}, this.store.now())
    await this.store.record([first])
    await this.store.record([successOf(this.workflow, first.after, 'second', {}, this.store.now())])
  }

  async read(jobId: string): Promise<Job> {
    const [job] = await this.store.read([{ tenantId: this.tenantId, jobId }])
    assert.ok(job)
    return job
  }
}
