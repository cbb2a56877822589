import type {
  CompiledStep,
  HistoryEntry,
  HistoryEvent,
  Job,
  RetryPlan,
  Step,
  StepState,
  TaskClosing,
  TaskDraft,
  Workflow,
} from '@stageline/domain'
import { canStepGo, isFinalStep, newId } from '@stageline/domain'
import { enterState } from './enter-state.ts'
import type { Advance, JobDecision } from './happening.ts'
import { isoOf, later } from './later.ts'
import { projectState } from './project-state.ts'

type Note = {
  actor: string
  reason?: string | null
  failure?: HistoryEntry['failure']
  data?: unknown
  event?: HistoryEvent
}

/**
 * A job while `advanceJob` works on it: keeps every move legal and gathers what follows from them. Lives for one call;
 * `finish` projects the job's own state, its timers and its stage from the steps.
 */
export class JobDraft {
  readonly workflow: Workflow
  readonly now: Date
  /** The same as the record writes it. */
  readonly nowIso: string
  readonly #before: Job
  readonly #steps: Record<string, Step>
  readonly #queued = new Set<string>()
  readonly #history: HistoryEntry[] = []
  readonly #tasks: TaskDraft[] = []
  readonly #closings: TaskClosing[] = []
  readonly #inputs: Advance['editedInputs'] = []
  readonly #decisions: Advance['decisions'] = []
  #seq: number
  #warnings: readonly string[]
  #values: Job['values']
  #result: number | null
  #held: Step['suspend']
  #deadline: string | null
  #keys: readonly string[] | undefined

  constructor(workflow: Workflow, job: Job, now: Date) {
    this.workflow = workflow
    this.now = now
    this.nowIso = isoOf(now)
    this.#before = job
    this.#steps = { ...job.steps }
    this.#seq = job.seq
    this.#warnings = job.warnings
    this.#values = job.values
    this.#result = job.result
    this.#deadline = job.deadline
  }

  get values(): Job['values'] {
    return this.#values
  }

  get jobId(): string {
    return this.#before.id
  }

  get retry(): RetryPlan | undefined {
    return this.#before.retry ?? undefined
  }

  get priority(): number {
    return this.#before.priority
  }

  /** `:suspend` was asked for while a step ran that has now ended: what follows it goes to a person. */
  get held(): Step['suspend'] {
    return this.#held
  }

  /** From here on, what would be queued next goes to a person. */
  hold(why: NonNullable<Step['suspend']>): void {
    this.#held ??= why
  }

  get deadline(): string | null {
    return this.#deadline
  }

  dropDeadline(): void {
    this.#deadline = null
  }

  get stepKeys(): readonly string[] {
    return (this.#keys ??= [...this.workflow.steps.keys()])
  }

  step(key: string): Step {
    const step = this.#steps[key]
    if (!step) throw new RangeError(`Job ${this.#before.id} has no step "${key}"`)
    return step
  }

  compiled(key: string): CompiledStep {
    return this.workflow.steps.get(key)!
  }

  /** Moves a step along legal edges; what it entered is told by the next {@link note} of the step. */
  go(key: string, path: readonly StepState[], change: Partial<Step> = {}, times: readonly string[] = []): void {
    let step = path.length === 0 ? this.#own(key) : this.step(key)
    this.#held ??= step.suspend
    const entered = [...(step.entered ?? [])]
    for (const [i, state] of path.entries()) {
      if (!canStepGo(step.state, state)) throw new RangeError(`Step "${key}" cannot go from ${step.state} to ${state}`)
      entered.push([state, times[i] ?? this.nowIso])
      step = enterState(step, state)
    }
    // Last, so that what leaves it out again finds it there.
    step.entered = entered
    const { queueTimeoutMs } = this.compiled(key).definition
    if (step.state === 'queued' && queueTimeoutMs !== undefined) step.until = later(this.now, queueTimeoutMs)
    this.#steps[key] = Object.assign(step, change)
    if (step.state === 'queued' && path.length > 0) this.#queued.add(key)
    else this.#queued.delete(key)
  }

  patch(key: string, change: Partial<Step>): void {
    this.#steps[key] = Object.assign(this.#own(key), change)
  }

  /** A step that may be changed as it is: the one of the job before, never. */
  #own(key: string): Step {
    const step = this.step(key)
    return step === this.#before.steps[key] ? { ...step } : step
  }

  replace(key: string, step: Step): void {
    this.#steps[key] = step
  }

  /** Into `queued` for a new try: counts an attempt. */
  queueAttempt(key: string, attempt = this.step(key).attempt + 1, via: readonly StepState[] = []): void {
    this.go(key, [...via, 'queued'], { attempt, deliveries: 0 })
  }

  /** A person wants the step tried anew: what it did to workers before is forgiven. */
  queueAnew(key: string, via: readonly StepState[] = []): void {
    const { crashes: _crashes, ...step } = this.step(key)
    this.#steps[key] = step
    this.queueAttempt(key, 1, via)
  }

  /** The step travels again under a new message id, unchanged. */
  resend(key: string): void {
    const { message: _message, ...step } = this.step(key)
    this.#steps[key] = step
    this.#queued.add(key)
  }

  /** Writes down what a step entered since its last entry. Returns the `seq` of the entry. */
  note(key: string, { actor, reason = null, failure = null, data = null, event = 'step' }: Note): number {
    const { entered = [] } = this.step(key)
    const step = this.#own(key)
    delete step.entered
    this.#steps[key] = step
    return this.#add({
      event,
      step: key,
      stage: this.compiled(key).definition.stage,
      attempt: step.attempt,
      path: entered.map(([state]) => state),
      times: entered.map(([, at]) => at),
      actor,
      reason,
      failure,
      data,
    })
  }

  /** Writes down something that concerns the job as a whole. */
  noteJob(event: HistoryEvent, { actor, reason = null, data = null }: Note): number {
    return this.#add({
      event,
      step: null,
      stage: null,
      attempt: null,
      path: [],
      times: [],
      actor,
      reason,
      failure: null,
      data,
    })
  }

  #add(entry: Omit<HistoryEntry, 'seq' | 'at' | 'jobFrom' | 'jobTo'>): number {
    this.#seq += 1
    const jobFrom = this.#before.state
    this.#history.push({ ...entry, seq: this.#seq, at: this.nowIso, jobFrom, jobTo: jobFrom })
    return this.#seq
  }

  openTask(task: Omit<TaskDraft, 'id' | 'priority'>): void {
    this.#tasks.push({ ...task, id: newId(this.now.getTime()), priority: this.#before.priority })
  }

  closeTask(closing: TaskClosing): void {
    this.#closings.push(closing)
  }

  /** What a handler left for its next try was made of the old input. */
  keepInput(key: string, body: unknown): void {
    const seq = this.#seq
    this.#inputs.push({ seq, body })
    const { checkpoint: _checkpoint, ...step } = this.step(key)
    this.#steps[key] = { ...step, input: seq, fence: step.fence + 1 }
  }

  decide(step: string | null, decision: JobDecision): void {
    this.#decisions.push({ step, decision })
    this.noteJob('decided', { actor: `policy:${decision.policy}`, reason: decision.rule, data: decision })
  }

  warn(warning: string): void {
    this.#warnings = [...this.#warnings, warning]
  }

  setResult(seq: number): void {
    this.#result = seq
  }

  addValues(values: Record<string, unknown>): void {
    if (Object.keys(values).length > 0) this.#values = { ...this.#values, ...values }
  }

  /** Conditions see `null` for every value of a step without output. */
  dropValues(key: string): void {
    const start = `steps.${key}`
    const kept = Object.entries(this.#values).filter(([name]) => name !== start && !name.startsWith(`${start}.`))
    this.#values = Object.fromEntries(kept)
  }

  finish(): Advance {
    const state = projectState(this.#before.state, this.#orderedSteps())
    const done = state === 'completed' || state === 'cancelled'
    const send = done ? [] : [...this.#queued]
    const before = this.#before
    const job: Job = {
      ...before,
      state,
      stage: done ? null : this.#currentStage(),
      revision: before.revision + 1,
      seq: this.#seq,
      steps: this.#steps,
      values: this.#values,
      warnings: this.#warnings,
      deadline: done ? null : this.#deadline,
      dueAt: done ? null : this.#earliestTimer(),
      result: state === 'completed' ? (this.#result ?? this.#lastOutput()) : this.#result,
    }
    for (const entry of this.#history) entry.jobTo = state
    return {
      job,
      history: this.#history,
      send,
      tasks: this.#tasks,
      closings: this.#closings,
      editedInputs: this.#inputs,
      decisions: this.#decisions,
    }
  }

  #orderedSteps(): Step[] {
    return this.stepKeys.map((key) => this.step(key))
  }

  #currentStage(): string | null {
    const under = this.stepKeys.find((key) => {
      const { state } = this.step(key)
      return state !== 'pending' && !isFinalStep(state)
    })
    return under === undefined ? null : this.compiled(under).definition.stage
  }

  #earliestTimer(): string | null {
    return this.#orderedSteps().reduce<string | null>(
      (first, { until }) => (until !== undefined && (first === null || until < first) ? until : first),
      this.#deadline,
    )
  }

  #lastOutput(): number | null {
    return this.#orderedSteps().findLast(({ output }) => output !== undefined)?.output ?? null
  }
}
