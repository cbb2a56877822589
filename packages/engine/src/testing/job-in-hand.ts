import type {
  Failure,
  HistoryEntry,
  Job,
  Step,
  TaskClosing,
  TaskDraft,
  Workflow,
  WorkflowDefinitionInput,
} from '@stageline/domain'
import { evaluatePolicy } from '@stageline/domain'
import type { Rules } from '../advance-job.ts'
import { advanceJob } from '../advance-job.ts'
import type { Advance, Happening, NoAdvance } from '../happening.ts'
import type { JobSeed } from '../new-job.ts'
import { newJob } from '../new-job.ts'
import { MemoryWorkflowCatalog } from './memory-workflow-catalog.ts'

const PERSON = { actor: 'person', reason: null }

/**
 * One job with nothing around it: happenings go straight into `advanceJob`, and what comes of them is kept for a test to
 * look at. The clock stands still until it is moved.
 */
export class JobInHand {
  readonly workflow: Workflow
  readonly history: HistoryEntry[] = []
  readonly tasks: TaskDraft[] = []
  readonly closings: TaskClosing[] = []
  readonly decisions: Advance['decisions'] = []
  readonly inputs: Advance['editedInputs'] = []
  /** Tasks that stand open, by the rule of the store: a write closes what stood before it, then opens its own. */
  openTasks: TaskDraft[] = []
  job: Job
  /** Steps that the last happening queued. */
  sent: string[] = []
  now = new Date('2026-03-01T09:00:00.000Z')
  rules: Rules = {}

  constructor(definition: Omit<WorkflowDefinitionInput, 'key'>, seed: Partial<JobSeed> & { forced?: 'person' } = {}) {
    const catalog = new MemoryWorkflowCatalog()
    this.workflow = catalog.save({ key: 'flow', ...definition })
    const { policy } = this.workflow
    const decision =
      policy && seed.forced ? { decision: evaluatePolicy(policy, {}, { route: seed.forced, by: 'person' }) } : {}
    const { forced: _forced, ...rest } = seed
    const defaults = {
      tenantId: 't',
      input: {},
      priority: 0.5,
      actor: 'person',
      origin: 'api',
      batchId: null,
      trace: null,
      retry: null,
    }
    this.job = this.#keep(newJob(this.workflow, { ...defaults, ...decision, ...rest }, this.now))
  }

  step(key: string): Step {
    const step = this.job.steps[key]
    if (!step) throw new RangeError(`There is no step "${key}"`)
    return step
  }

  /** States by step key. */
  get states(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.job.steps).map(([key, { state }]) => [key, state]))
  }

  happen(happening: Happening): this {
    const advance = this.try(happening)
    if (!('job' in advance)) throw new RangeError(`It did not fit: ${JSON.stringify(advance)}`)
    return this
  }

  try(happening: Happening): Advance | NoAdvance {
    const advance = advanceJob(this.workflow, this.job, happening, this.now, this.rules)
    if ('job' in advance) this.job = this.#keep(advance)
    return advance
  }

  succeed(step: string, output: unknown = {}): this {
    return this.happen({ kind: 'succeeded', output, ...this.#trying(step) })
  }

  fail(step: string, failure: Partial<Failure> = {}): this {
    const whole: Failure = { kind: 'unknown', code: 'stage.threw', message: 'It broke', ...failure }
    return this.happen({ kind: 'failed', failure: whole, ...this.#trying(step) })
  }

  claim(step: string, crashed = false): this {
    return this.happen({
      kind: 'claimed',
      step,
      fence: this.step(step).fence,
      leaseMs: 10_000,
      crashed,
      worker: 'worker',
    })
  }

  giveBack(step: string): this {
    return this.happen({ kind: 'returned', step, fence: this.step(step).fence, worker: 'worker' })
  }

  verdict(step: string, verdict: 'retry' | 'accept' | 'skip' | 'discard', change: object = {}): this {
    return this.happen({ kind: 'verdict', step, verdict, ...PERSON, ...change })
  }

  act(kind: 'cancelled' | 'suspended' | 'retried'): this {
    return this.happen({ kind, ...PERSON })
  }

  /** Lets time pass to whatever is due next. */
  wait(): this {
    if (this.job.dueAt === null) throw new RangeError('Nothing waits for its time')
    this.now = new Date(this.job.dueAt)
    return this.happen({ kind: 'due' })
  }

  /** What the history says a step went through, one text an entry. */
  paths(step: string): string[] {
    return this.history.flatMap((entry) => (entry.step === step ? [entry.path.join(' ')] : []))
  }

  #trying(step: string): { step: string; fence: number; startedAt: string; worker: string } {
    return { step, fence: this.step(step).fence, startedAt: this.now.toISOString(), worker: 'worker' }
  }

  #keep(advance: Advance): Job {
    this.history.push(...advance.history)
    this.tasks.push(...advance.tasks)
    this.closings.push(...advance.closings)
    this.decisions.push(...advance.decisions)
    this.inputs.push(...advance.editedInputs)
    const closed = new Set(advance.closings.map(({ step }) => step))
    this.openTasks = [...this.openTasks.filter(({ step }) => !closed.has(step)), ...advance.tasks]
    this.sent = advance.send
    return advance.job
  }
}
