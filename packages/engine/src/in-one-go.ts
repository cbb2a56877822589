import { advanceJob } from './advance-job.ts'
import type { HeldStep } from './claims.ts'
import { settleWith } from './fold.ts'
import type { Happening } from './happening.ts'
import { readAnew, withOutput } from './reads.ts'
import { measureChange, type Change, type Held, type RecordChange, type Recorded } from './recorder.ts'
import { newTry, type ExecutorDeps, type Try } from './step-try.ts'
import { Turns } from './turns.ts'

/** What is not recorded yet must be quick to do again, ms. */
const GO_ON_WITHIN_MS = 100
/** Larger outcomes are recorded at once: they fill a statement by themselves. */
const MAX_BYTES = 64_000

/**
 * The stages that one process works. Where steps that follow each other are quick, it goes from one to the next without a
 * queue between them, and records them in one commit. What a stage of these is: several of its steps may share a message, it
 * calls nothing outside, nothing holds it, and its handler gives its output at once.
 */
export class StagesHere {
  readonly #executors = new Map<string, ExecutorDeps>()
  readonly #waitedFor = new Set<string>()
  /** Of its quick steps. */
  readonly turns = new Turns()
  /** A clock that only goes forward, ms. */
  readonly elapsed: () => number

  constructor(elapsed: () => number = () => performance.now()) {
    this.elapsed = elapsed
  }

  add(executor: ExecutorDeps): void {
    this.#executors.set(executor.stage.name, executor)
  }

  /** Its handler has let wait for an output. */
  noteWaiting(stage: string): void {
    this.#waitedFor.add(stage)
  }

  /** Who works the stage here, if it is quick. */
  quick(stage: string): ExecutorDeps | undefined {
    const executor = this.#executors.get(stage)
    return executor && !this.#waitedFor.has(stage) && isQuick(executor) ? executor : undefined
  }
}

const isQuick = ({ stage: { callsOut, limit, bundle }, gate }: ExecutorDeps): boolean =>
  !callsOut && !limit && bundle !== 1 && (gate?.isFree ?? true)

/**
 * How a step went, and what follows if that is worked here and at once: the outcome is held back for it then, to be recorded
 * with it.
 *
 * @param outcome of `work`
 */
export function lookAhead(
  work: Try,
  outcome: Outcome,
  { here, store }: ExecutorDeps,
): { outcome: Outcome; next: Next | undefined } {
  if (!here || !work.reads || !mayGoOn(work, here)) return { outcome, next: undefined }
  const at = store.now()
  const advance = advanceJob(work.workflow, work.job, outcome.happening, at, outcome.rules)
  if (!('job' in advance)) return { outcome, next: undefined }
  const foreseen = { ...outcome, at, foreseen: { from: work.job, advance } }
  return { outcome: foreseen, next: nextOf(work, foreseen, here) }
}

/** The outcome of a try that gave an output. */
export type Outcome = Change & { happening: Extract<Happening, { kind: 'succeeded' }> }
export type Next = { work: Try; deps: ExecutorDeps; held: Held }

function nextOf(work: Try, outcome: Outcome & Required<Pick<Change, 'foreseen'>>, here: StagesHere): Next | undefined {
  const { job, send } = outcome.foreseen.advance
  const [step, ...others] = send
  if (step === undefined || others.length > 0) return undefined
  const { fence, input, crashes } = job.steps[step]!
  const deps = here.quick(work.workflow.steps.get(step)!.definition.stage)
  // Whatever is left to record is compared with the row that was read.
  const row = work.unrecorded?.[0]?.change.job ?? work.job
  const held = deps && !input && !crashes ? hold({ ...outcome, job: row }) : undefined
  if (!deps || !held) return undefined
  const reads = withOutput(work.reads!, work.step, outcome.happening.output)
  const next = newTry({ ...work.ref, step, fence }, { job, ...readAnew(reads) }, work.workflow, deps)
  next.reads = reads
  next.since = work.since
  next.turn = work.turn
  work.turn = undefined
  next.unrecorded = [...(work.unrecorded ?? []), held]
  work.job = row
  work.unrecorded = undefined
  return { work: next, deps, held }
}

/** What was claimed took its time, or may have taken a worker down. */
const mayGoOn = (work: Try, here: StagesHere): boolean =>
  work.fence === work.ref.fence &&
  here.elapsed() - work.since < GO_ON_WITHIN_MS &&
  here.quick(work.workflow.steps.get(work.step)!.definition.stage) !== undefined

function hold(change: Change): Held | undefined {
  const bytes = measureChange(change)
  if (typeof bytes === 'string' || bytes > MAX_BYTES) return undefined
  const { promise: recorded, resolve: settle } = Promise.withResolvers<Recorded>()
  return { change, bytes, settle, recorded }
}

/**
 * Records what happened to a step, and with it what was held back of those before it. From then on its row is the one that
 * is recorded.
 */
export async function recordWithHeld(step: HeldStep, change: Change, record: RecordChange): Promise<Recorded> {
  const { unrecorded: held } = step
  const last = held?.at(-1)
  if (!last) return record(change)
  step.unrecorded = undefined
  step.job = last.change.job
  const recorded = await record({ ...change, job: last.change.job }, held)
  const before = await last.recorded
  if (before.kind === 'recorded') step.job = before.job
  return recorded
}

/** Records what was held back for a step that nothing happened to. */
export async function recordHeld({ unrecorded: held }: HeldStep, record: RecordChange): Promise<void> {
  const last = held?.at(-1)
  if (last) await settleWith(last, record(last.change, held!.slice(0, -1)))
}
