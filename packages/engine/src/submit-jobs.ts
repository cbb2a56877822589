import type { Problem, RetryPlan, Route, Workflow } from '@stageline/domain'
import { DataError, inputSchemaProblems, jsonSchemaProblems, pickValues } from '@stageline/domain'
import { addressMessages } from './address-messages.ts'
import type { Backlog, BacklogFull } from './backlog.ts'
import { codePoints } from './code-points.ts'
import { valueTooLarge } from './end-step.ts'
import type { EngineDeps } from './engine-deps.ts'
import { beginToSend } from './send-messages.ts'
import type { Advance } from './happening.ts'
import type { JobSeed } from './new-job.ts'
import { newJob } from './new-job.ts'
import type { Accepted, JobPast, NewJob } from './ports/index.ts'
import { routeAtIntake } from './route-at-intake.ts'
import { withPast, type Checked, type WithPast } from './with-past.ts'
import type { DayFull } from './within-day.ts'

export type SubmitRequest = {
  tenantId: string
  workflow: string
  input: unknown
  /** 0 (can wait) to 1 (first). Default 0.5. */
  priority?: number
  businessKey?: string | null
  tags?: readonly string[]
  batchId?: string | null
  /** How it came: `api`, `upload`, `bulk`, `replay` … */
  origin: string
  actor: string
  /** W3C `traceparent`. */
  trace?: string | null
  /** What its sender calls that which it belongs to. */
  correlationId?: string | null
  /** Wins over the retry plans of steps, stages and the workflow. */
  retry?: RetryPlan | null
  /** How long the whole job may take, ms; wins over the limit of the workflow. */
  timeoutMs?: number | null
  /** Overrides the intake policy; the decision names the actor in `forcedBy`. */
  force?: Route | null
  idempotency?: { operation: string; key: string; fingerprint: string } | null
}

export type Submitted =
  | Accepted
  | { kind: 'invalid'; problems: readonly Problem[] }
  /** Too many jobs are open. Nothing of it was stored. */
  | { kind: 'full'; full: BacklogFull }
  /** The day's limit of the workflow is reached. Nothing of it was stored. */
  | { kind: 'day_full'; day: DayFull }

/**
 * Accepts jobs of one tenant: checks each input against its workflow's schema, lets the intake policy route it, stores
 * job, input, history and idempotency key in one commit, and sends what is queued. An accepted job is never lost; when
 * the queue is away it is sent later. Answers in the order of the requests. Where the backlog has room for only some,
 * the first of them are accepted and the rest are refused (likewise where the day of a workflow has room for only some), but what came before under its key is answered all the same.
 *
 * @throws DataError `workflow.unknown`, `workflow.inactive`
 * @throws SystemError `store.unavailable`: nothing was accepted, or it is unclear; repeat with the same key.
 */
export async function submitJobs(
  requests: readonly SubmitRequest[],
  deps: EngineDeps & { backlog: Backlog },
): Promise<Submitted[]> {
  const results: Submitted[] = []
  const checked: Checked[] = []
  // A question for each workflow, not for each request.
  const asked = new Map<string, Promise<Workflow>>()
  for (const [at, request] of requests.entries()) {
    const asking = asked.get(request.workflow) ?? workflowOf(request, deps)
    asked.set(request.workflow, asking)
    const workflow = await asking
    const problems = inputProblems(workflow, request.input)
    if (problems.length > 0) results[at] = { kind: 'invalid', problems }
    else checked.push({ at, workflow, request })
  }
  const { within, others } = await withPast(checked, deps.store)
  for (const { at, answer } of others) results[at] = answer
  const fresh = within.map((one) => {
    const seed = seedOf(one.workflow, one.request, one.past)
    return { ...one, advance: newJob(one.workflow, seed, deps.store.now()) }
  })
  const accepted = await storeWithin(fresh, deps)
  fresh.forEach(({ at }, i) => (results[at] = accepted[i]!))
  return results
}

type Fresh = WithPast & { advance: Advance }

async function storeWithin(
  fresh: readonly Fresh[],
  deps: EngineDeps & { backlog: Backlog },
): Promise<readonly Submitted[]> {
  if (fresh.length === 0) return []
  const { tenantId } = fresh[0]!.request
  return deps.backlog.within(tenantId, fresh.length, async (granted, full) => {
    if (!full) return store(fresh, deps)
    const owners = await deps.store.ownersOf(
      tenantId,
      fresh.map(({ request }) => request.idempotency ?? null),
    )
    const first = [...fresh.keys()].filter((i) => !owners[i]).slice(0, granted)
    const accepted = await store(
      first.map((i) => fresh[i]!),
      deps,
    )
    const stored = new Map(first.map((at, i) => [at, accepted[i]!]))
    return fresh.map((_, i): Submitted => owners[i] ?? stored.get(i) ?? { kind: 'full', full })
  })
}

async function workflowOf({ tenantId, workflow: key }: SubmitRequest, { workflows }: EngineDeps): Promise<Workflow> {
  const workflow = await workflows.latest(tenantId, key)
  if (!workflow)
    throw new DataError('workflow.unknown', `There is no workflow "${key}"`, { details: { workflow: key } })
  if (workflow.definition.status === 'inactive')
    throw new DataError('workflow.inactive', `Workflow "${key}" takes no new jobs`, { details: { workflow: key } })
  return workflow
}

const ANY_OBJECT = { type: 'object' }

/** What keeps an input from being a job's: its workflow's schema, and what conditions could not work with. */
export function inputProblems({ definition, references }: Workflow, input: unknown): Problem[] {
  const problems = jsonSchemaProblems(ANY_OBJECT, input)
  if (problems.length === 0 && definition.inputSchema)
    problems.push(...inputSchemaProblems(definition.inputSchema, input))
  if (problems.length > 0) return problems
  return pickValues(references, ['input'], input).tooLarge.map((name) => ({
    pointer: `/${name.split('.').slice(1).join('/')}`,
    detail: `A condition of the workflow looks at this value: ${valueTooLarge([name]).message}`,
  }))
}

function seedOf(workflow: Workflow, request: SubmitRequest, past: JobPast): JobSeed {
  const { tenantId, input, actor, origin, batchId = null, trace = null, retry = null, timeoutMs = null } = request
  const { priority = 0.5, correlationId = null } = request
  const decision = routeAtIntake(workflow, request, past)
  return {
    tenantId,
    input,
    actor,
    origin,
    priority,
    batchId,
    trace,
    correlationId,
    retry,
    timeoutMs,
    ...(decision ? { decision } : {}),
  }
}

async function store(fresh: readonly Fresh[], deps: EngineDeps): Promise<Submitted[]> {
  if (fresh.length === 0) return []
  const { jobs, messages } = addressMessages(
    fresh.map(({ workflow, advance }) => ({ workflow, job: advance.job, send: advance.send })),
    deps.bundleOf,
  )
  const accepted = await deps.store.accept(
    fresh[0]!.request.tenantId,
    fresh.map(({ request, advance, countedOn, day }, i) => ({
      ...newJobRow(request, { ...advance, job: jobs[i]! }),
      countedOn,
      dayBound: day?.bound ?? null,
    })),
    messages,
  )
  const stored = new Set(accepted.flatMap((one) => (one.kind === 'accepted' ? [one.jobId] : [])))
  deps.observer.count('jobs_accepted', stored.size)
  codePoints.recorded.publish({ writes: stored.size, messages: messages.length })
  const wanted = messages.map((message) => ({
    ...message,
    steps: message.steps.filter(([jobId]) => stored.has(jobId)),
  }))
  await beginToSend(
    wanted.filter(({ steps }) => steps.length > 0),
    deps,
  )
  return accepted.map((one, i) => (one.kind === 'day_full' ? { kind: 'day_full', day: fresh[i]!.day! } : one))
}

export function newJobRow(
  request: SubmitRequest,
  { job, history, tasks, decisions }: Advance,
  replayOf: string | null = null,
): NewJob {
  const { input, businessKey = null, tags = [], origin, actor, idempotency = null } = request
  return {
    job,
    input,
    history,
    tasks,
    decisions,
    businessKey,
    tags,
    origin,
    actor,
    replayOf,
    idempotency,
    countedOn: null,
    dayBound: null,
  }
}
