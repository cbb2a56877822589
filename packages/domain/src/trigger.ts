import { z } from 'zod'
import { compileEntryCel } from './cel.ts'
import { isId } from './ids.ts'
import { JsonObject, valueAt } from './json.ts'
import { PRIORITY_LEVELS } from './priority.ts'
import { SourceKey } from './source.ts'
import { TASK_STATES } from './states.ts'

/** One entry of a history as triggers see it, with what its subject is. What does not apply is null. */
export type TriggerEntry = {
  subject: (typeof ENTRY_SUBJECTS)[number]
  subjectId: string
  seq: number
  at: string
  event: string
  from: string | null
  to: string
  actor: string
  reason: string | null
  /** Up to 4 kB of what the entry brought. */
  data: unknown
  /** The code and the text of the failure that a step ended with. */
  code: string | null
  message: string | null
  jobId: string | null
  workflow: string | null
  step: string | null
  stage: string | null
  businessKey: string | null
  planId: string | null
  taskType: string | null
  cause: string | null
  title: string | null
  serviceArea: string | null
  priority: number | null
  /** Of the request that opened the task or plan, or else submitted the job. */
  traceparent: string | null
  /** What its sender called that which it belongs to. */
  correlationId: string | null
}

/** `webhook`: only what a test of one tells. */
export const ENTRY_SUBJECTS = ['job', 'task', 'plan', 'webhook'] as const

export const TriggerKey = SourceKey
export const EventName = z
  .string()
  .regex(/^(job|task|plan)\.(\*|[a-z_]{1,40})$/, 'Expected an event such as task.settled, or task.* for all of tasks')

const filled = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .meta({ description: 'May name values of the entry, as in `Assess {entry.title}`' })
const Title = filled(200)
const Priority = z.union([z.number().min(0).max(1), z.enum(PRIORITY_LEVELS)])

export const ALERT_LEVELS = ['info', 'warning', 'critical'] as const
export type AlertLevel = (typeof ALERT_LEVELS)[number]

export const TriggerAction = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('create_task'),
      type: z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/),
      title: Title,
      description: filled(4000).optional(),
      serviceArea: filled(100).optional().meta({ description: 'Without it that of the entry' }),
      priority: Priority.default('medium'),
      group: filled(100).optional(),
      assignee: filled(100).optional(),
    }),
    z.strictObject({
      kind: z.literal('update_task_state'),
      to: z.enum(TASK_STATES),
      reason: filled(500).optional(),
    }),
    z.strictObject({
      kind: z.literal('emit_alert'),
      level: z.enum(ALERT_LEVELS).default('warning'),
      title: Title,
      detail: filled(4000).optional(),
      group: filled(200).optional().meta({
        description: 'Alerts of a trigger with the same text here are one; without it those with the same title',
      }),
    }),
    z.strictObject({
      kind: z.literal('submit_job'),
      workflow: z.string().min(1).max(63),
      input: JsonObject.meta({ description: 'A text that is just `{entry.data}` becomes the value itself' }),
      priority: Priority.optional(),
    }),
    z.strictObject({
      kind: z.literal('webhook'),
      webhook: z.string().refine(isId, 'Expected the id of a webhook'),
      type: z
        .string()
        .regex(/^[A-Za-z][\w.-]{0,63}$/)
        .optional()
        .meta({ description: 'The `type` of the message; without it the event, as `task.settled`' }),
    }),
  ])
  .meta({ id: 'TriggerAction' })
export type TriggerAction = z.infer<typeof TriggerAction>

export const TriggerDefinition = z
  .strictObject({
    key: TriggerKey,
    name: z.string().trim().min(1).max(200).optional(),
    on: z.array(EventName).min(1).max(20).meta({ description: 'Events, or `job.*`, `task.*`, `plan.*`' }),
    when: z.string().min(1).max(1000).optional().meta({
      description:
        'CEL over `entry`, such as `entry.taskType == "intake" && entry.to == "completed"`; without it always',
    }),
    actions: z.array(TriggerAction).min(1).max(10),
    enabled: z.boolean().default(true),
  })
  .superRefine(({ when, on, actions }, { addIssue }) => {
    const problem = when === undefined ? undefined : predicateProblem(when)
    if (problem !== undefined) addIssue({ code: 'custom', path: ['when'], message: problem })
    if (on.every((name) => name.startsWith('task.'))) return
    for (const [at, { kind }] of actions.entries())
      if (kind === 'update_task_state')
        addIssue({ code: 'custom', path: ['actions', at, 'kind'], message: 'Only events of tasks have a task to move' })
  })
  .meta({ id: 'TriggerDefinition' })
export type TriggerDefinition = z.infer<typeof TriggerDefinition>

/** Why this is no predicate over entries; undefined where it is one. */
export function predicateProblem(when: string): string | undefined {
  try {
    compileEntryCel(when)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Whether an entry fits. @throws when the predicate meets values that it cannot work with. */
export type Fits = (entry: TriggerEntry) => boolean

export function compileTrigger({ on, when }: Pick<TriggerDefinition, 'on' | 'when'>): Fits {
  const names = new Set(on)
  const holds = compilePredicate(when)
  return (entry) => (names.has(`${entry.subject}.${entry.event}`) || names.has(`${entry.subject}.*`)) && holds(entry)
}

/** Without an expression it holds always. */
export function compilePredicate(when: string | undefined): Fits {
  if (when === undefined) return () => true
  const { references, holds } = compileEntryCel(when)
  return (entry) =>
    holds(Object.fromEntries(references.map((path) => [path.join('.'), valueAt({ entry }, path) ?? null])))
}

const PLACES = /\{(entry(?:\.[\w-]+)+)\}/g
const ONE_PLACE = /^\{(entry(?:\.[\w-]+)+)\}$/

/** The text with the values that it names; one that is not there leaves nothing. */
export const fillText = (
  text: string,
  entry: TriggerEntry,
  longest = 4000,
  shown: (value: string) => string = (value) => value,
): string =>
  text.replaceAll(PLACES, (_, path: string) => shown(textOf(valueAt({ entry }, path.split('.'))))).slice(0, longest)

/** Likewise in every text of a tree; a text that is nothing but a place becomes the value itself. */
export function fillTree(tree: unknown, entry: TriggerEntry): unknown {
  if (typeof tree === 'string') {
    const [, place] = ONE_PLACE.exec(tree) ?? []
    return place === undefined ? fillText(tree, entry) : (valueAt({ entry }, place.split('.')) ?? null)
  }
  if (Array.isArray(tree)) return tree.map((item) => fillTree(item, entry))
  if (typeof tree !== 'object' || tree === null) return tree
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, fillTree(value, entry)]))
}

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)

/** What every installation begins with; put out of use with `enabled: false`. */
export const BUILT_IN_TRIGGERS: readonly TriggerDefinition[] = [
  {
    key: 'intake-completed',
    name: 'An assessment follows a completed intake',
    on: ['task.settled'],
    when: 'entry.taskType == "intake" && entry.to == "completed"',
    actions: [{ kind: 'create_task', type: 'assessment', title: 'Assess: {entry.title}', priority: 'high' }],
    enabled: true,
  },
  {
    key: 'plan-activated',
    name: 'An alert tells that a plan is active',
    on: ['plan.moved'],
    when: 'entry.to == "active"',
    actions: [
      {
        kind: 'emit_alert',
        level: 'info',
        title: 'Plan activated: {entry.title}',
        group: '{entry.subjectId}',
      },
    ],
    enabled: true,
  },
  {
    key: 'steps-fail',
    name: 'An alert tells once for each kind of failure that a person has to look at',
    on: ['job.step'],
    when: 'entry.to == "suspended" && entry.code != null',
    actions: [
      {
        kind: 'emit_alert',
        level: 'warning',
        title: '{entry.workflow}: {entry.stage} fails with {entry.code}',
        detail: 'The newest: {entry.message}',
        group: '{entry.workflow} {entry.stage} {entry.code}',
      },
    ],
    // Every step of every job is then looked at; whoever wants to know puts it to use.
    enabled: false,
  },
]
