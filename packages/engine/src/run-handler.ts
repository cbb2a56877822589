import type { Schema } from '@stageline/domain'
import { DataError, problemsOf } from '@stageline/domain'
import { inputOfStep } from './input-of-step.ts'
import type { StageContext, StageDefinition } from './stage.ts'
import type { ExecutorDeps, Try } from './step-try.ts'
import type { TryWatch } from './try-watch.ts'

/**
 * The handler itself, between the schemas of its stage. What it gives at once is given back at once: no turn of the event
 * loop for what needs none.
 */
export function runHandler(work: Try, watch: TryWatch, deps: ExecutorDeps): unknown {
  const { stage } = deps
  const input = parse(
    stage.input,
    takeInput(work),
    'stage.invalid_input',
    `The input does not fit stage "${stage.name}"`,
  )
  // The claim may have been lost before anything was begun.
  watch.throwIfStopped()
  const output = stage.handle(input, new Context(work, watch, deps))
  return isPromise(output) ? Promise.resolve(output).then((given) => checked(given, stage)) : checked(output, stage)
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'

const checked = (output: unknown, { output: schema, name }: StageDefinition): unknown =>
  parse(schema, output, 'stage.invalid_output', `Stage "${name}" gave an output that does not fit its own schema`)

/** The job's input, over it the outputs of all steps before this one; or what a person put in its place. */
function takeInput(work: Try): Record<string, unknown> {
  const { toRead, workflow, step } = work
  if (!toRead) throw new TypeError(`What step "${step}" reads was taken before`)
  work.toRead = undefined
  return toRead.editedInput ?? inputOfStep(toRead, workflow.steps.get(step)!.ancestors)
}

function parse<T>(schema: Schema<T>, value: unknown, code: string, message: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const problems = problemsOf(parsed.error)
  const summary = problems.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ')
  throw new DataError(code, `${message}: ${summary}`, { details: { problems } })
}

/**
 * What costs something is made when it is asked for, by getters of its own, so that a stage may also spread it. All contexts
 * share their functions: an object with functions of its own for them costs three times as much.
 */
class Context implements StageContext {
  static readonly #lazy = Object.entries({
    signal: (own) => own.#watch.signal,
    heartbeat: (own) => own.#watch.heartbeat,
    blobs: (own) => own.#tools.blobs,
    catalog: (own) => own.#tools.catalog,
    firstSeen: (own) => own.#tools.firstSeen,
    modelTrust: (own) => own.#tools.modelTrust,
    logger: (own) => own.#tools.logger,
  } satisfies Partial<{ [Name in keyof StageContext]: (own: Context) => StageContext[Name] }>).map(
    ([name, read]: [string, (own: Context) => unknown]) => ({
      name,
      about: {
        enumerable: true,
        get(this: Context) {
          return read(this)
        },
      },
    }),
  )

  readonly tenantId: string
  readonly jobId: string
  readonly stepKey: string
  readonly workflow: string
  readonly attempt: number
  readonly now: Date
  readonly checkpoint: unknown
  readonly config: StageContext['config']
  readonly idempotencyKey: string
  declare readonly signal: StageContext['signal']
  declare readonly heartbeat: StageContext['heartbeat']
  declare readonly blobs: StageContext['blobs']
  declare readonly catalog: StageContext['catalog']
  declare readonly firstSeen: StageContext['firstSeen']
  declare readonly modelTrust: StageContext['modelTrust']
  declare readonly logger: StageContext['logger']
  readonly #watch: TryWatch
  readonly #deps: ExecutorDeps
  #given: ReturnType<ExecutorDeps['tools']> | undefined

  constructor({ job, step, workflow, startedAt }: Try, watch: TryWatch, deps: ExecutorDeps) {
    const { attempt, checkpoint } = job.steps[step]!
    this.tenantId = job.tenantId
    this.jobId = job.id
    this.stepKey = step
    this.workflow = workflow.key
    this.attempt = attempt
    this.now = startedAt
    this.checkpoint = checkpoint
    this.config = workflow.steps.get(step)!.definition.config
    this.idempotencyKey = `${job.id}/${step}`
    this.#watch = watch
    this.#deps = deps
    for (const { name, about } of Context.#lazy) Object.defineProperty(this, name, about)
  }

  get #tools() {
    const { tenantId, jobId, workflow } = this
    return (this.#given ??= this.#deps.tools({ tenantId, jobId, workflow }))
  }
}
