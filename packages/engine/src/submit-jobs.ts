import type { Decision, Problem, RetryPlan, Route, Workflow } from '@stageline/domain'
import {
  completenessOf,
  DataError,
  evaluatePolicy,
  FIELD_LISTS,
  inputSchemaProblems,
  jsonSchemaProblems,
  pickValues,
  RecordInput,
} from '@stageline/domain'
import { addressMessages } from './address-messages.ts'
import type { Backlog, BacklogFull } from './backlog.ts'
import { codePoints } from './code-points.ts'
import { valueTooLarge } from './end-step.ts'
import type { EngineDeps } from './engine-deps.ts'
import { beginToSend } from './send-messages.ts'
import type { Advance } from './happening.ts'
import type { JobSeed } from './new-job.ts'
import { newJob } from './new-job.ts'
import type { Accepted, NewJob } from './ports/index.ts'

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

/**
 * Accepts jobs of one tenant: checks each input against its workflow's schema, lets the intake policy route it, stores
 * job, input, history and idempotency key in one commit, and sends what is queued. An accepted job is never lost; when
 * the queue is away it is sent later. Answers in the order of the requests. Where the backlog has room for only some,
 * the first of them are accepted and the rest are refused, but what came before under its key is answered all the same.
 *
 * @throws DataError `workflow.unknown`, `workflow.inactive`
 * @throws SystemError `store.unavailable`: nothing was accepted, or it is unclear; repeat with the same key.
 */
export async function submitJobs(
  requests: readonly SubmitRequest[],
  deps: EngineDeps & { backlog: Backlog },
): Promise<Submitted[]> {
  const results: Submitted[] = []
  const fresh: (Fresh & { at: number })[] = []
  // A question for each workflow, not for each request.
  const asked = new Map<string, Promise<Workflow>>()
  for (const [at, request] of requests.entries()) {
    const asking = asked.get(request.workflow) ?? workflowOf(request, deps)
    asked.set(request.workflow, asking)
    const workflow = await asking
    const problems = inputProblems(workflow, request.input)
    if (problems.length > 0) results[at] = { kind: 'invalid', problems }
    else fresh.push({ at, workflow, request, advance: newJob(workflow, seedOf(workflow, request), deps.store.now()) })
  }
  const accepted = await storeWithin(fresh, deps)
  fresh.forEach(({ at }, i) => (results[at] = accepted[i]!))
  return results
}

type Fresh = { workflow: Workflow; request: SubmitRequest; advance: Advance }

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

/** What is known of a source before any of its jobs has ended: neither good nor bad. */
const RELIABILITY_PRIOR = 0.5

function seedOf(workflow: Workflow, request: SubmitRequest): JobSeed {
  const { tenantId, input, actor, origin, batchId = null, trace = null, retry = null, timeoutMs = null } = request
  const { priority = 0.5 } = request
  const decision = routeAtIntake(workflow, request, priority)
  return {
    tenantId,
    input,
    actor,
    origin,
    priority,
    batchId,
    trace,
    retry,
    timeoutMs,
    ...(decision ? { decision } : {}),
  }
}

function routeAtIntake(
  { policy, definition }: Workflow,
  { input, force, actor }: SubmitRequest,
  priority: number,
): Decision | undefined {
  if (!policy || definition.policy?.after) return undefined
  const record = RecordInput.safeParse(input)
  const completeness = record.success ? completenessOf(record.data.record, FIELD_LISTS.part_record) : 0
  const factors = { completeness, reliability: RELIABILITY_PRIOR, priority }
  return evaluatePolicy(policy, factors, force ? { route: force, by: actor } : undefined)
}

async function store(fresh: readonly Fresh[], deps: EngineDeps): Promise<Accepted[]> {
  if (fresh.length === 0) return []
  const { jobs, messages } = addressMessages(
    fresh.map(({ workflow, advance }) => ({ workflow, job: advance.job, send: advance.send })),
    deps.bundleOf,
  )
  const accepted = await deps.store.accept(
    fresh[0]!.request.tenantId,
    fresh.map(({ request, advance }, i) => newJobRow(request, { ...advance, job: jobs[i]! })),
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
  return accepted
}

export function newJobRow(
  request: SubmitRequest,
  { job, history, tasks, decisions }: Advance,
  replayOf: string | null = null,
): NewJob {
  const { input, businessKey = null, tags = [], origin, actor, idempotency = null } = request
  return { job, input, history, tasks, decisions, businessKey, tags, origin, actor, replayOf, idempotency }
}
