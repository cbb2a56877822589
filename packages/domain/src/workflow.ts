import { z } from 'zod'
import { compileCondition, Condition, type CompiledCondition, type Reference } from './condition.ts'
import { checkInputSchema } from './input-schema.ts'
import type { ErrorTargets } from './error-target.ts'
import type { Policy } from './policy.ts'
import type { Problem } from './problem.ts'
import { RetryPlan } from './retry-plan.ts'
import { JobTimeoutMs } from './job-timeout.ts'

/** `constructor` is the one such word that every object already has. */
const Slug = z
  .string()
  .regex(/^(?!constructor$)[a-z][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes, at most 63')

const FieldNames = z.array(z.string().min(1).max(64)).max(200)

export const StepDefinition = z.strictObject({
  key: Slug,
  stage: Slug,
  config: z.record(z.string(), z.json()).default({}),
  dependsOn: z.array(Slug).max(50).default([]),
  when: Condition.optional(),
  /** A failure ends this step `skipped` with a warning; the job goes on. */
  optional: z.boolean().default(false),
  /** Ends `skipped` when a parent was skipped. Without it the step runs and sees `null` for that parent. */
  skipWithParent: z.boolean().default(false),
  retry: RetryPlan.optional(),
  /** From the begin of a try to its end; a try that takes longer has failed and is retried by plan. */
  timeoutMs: z.number().int().min(1).max(3_600_000).optional(),
  /** Longest silence of a try between two calls of `context.heartbeat`; then it has failed likewise. */
  heartbeatMs: z.number().int().min(1).max(3_600_000).optional(),
  /** Longest wait in the queue until a worker begins the step; then it goes to a person, or where `onFailure` says. */
  queueTimeoutMs: z
    .number()
    .int()
    .min(1)
    .max(7 * 86_400_000)
    .optional(),
  /** A person looks before the step runs, or before its output counts. */
  review: z.enum(['before', 'after', 'never']).default('never'),
})
export type StepDefinition = z.infer<typeof StepDefinition>

export const WorkflowDefinition = z.strictObject({
  key: Slug,
  title: z.string().max(200).optional(),
  /** An inactive workflow takes no new jobs; those under way go on. */
  status: z.enum(['active', 'inactive']).default('active'),
  steps: z.array(StepDefinition).min(1).max(200),
  /** The policy that decides between automation and a person: at intake, or on the output of the step in `after`. */
  policy: z
    .strictObject({
      name: Slug,
      after: Slug.optional(),
      /**
       * What the completeness at intake counts, required fields double: of `record` in the input, or of the input itself
       * where it has none. Without it those of a part record count. Not with `after`.
       */
      fields: z.strictObject({ required: FieldNames.min(1), optional: FieldNames.default([]) }).optional(),
      /**
       * At most this share of what completes without a person may be wrong: the confidence that this takes follows from
       * the outcomes that people verified, as soon as there are enough of them. Only with `after`.
       */
      targetErrorRate: z.number().min(0.0001).max(0.5).optional(),
      /**
       * At most this share of the values of each field may be wrong in what completes without a person: from which
       * confidence on a field is good enough follows from the fields that people verified. Only with `after`.
       */
      fieldErrorRate: z.number().min(0.0001).max(0.5).optional(),
      /** Limits of your own for the confidence of single fields; `fieldErrorRate` leaves them alone. Only with `after`. */
      fieldThresholds: z.record(z.string().max(64), z.number().min(0).max(1)).optional(),
      /** This share of the confident ones goes to a person as well, so that they too are verified. Only with `after`. */
      sampleRate: z.number().min(0).max(1).optional(),
    })
    .optional(),
  /** Whoever submitted a job may not settle its tasks, nor complete its suspended steps by hand. */
  separateDuties: z.boolean().optional(),
  /** What follows a step that is out of attempts: a review task, or rest as `failed` until `:retry` or `:cancel`. */
  onFailure: z.enum(['review', 'fail']).default('review'),
  retry: RetryPlan.optional(),
  /** From the acceptance of a job to its end; then what is under way goes to a person, or where `onFailure` says. */
  timeoutMs: JobTimeoutMs.optional(),
  /** JSON Schema (2020-12) of the input; checked before anything is stored. */
  inputSchema: z.record(z.string(), z.json()).optional(),
})
export type WorkflowDefinition = z.infer<typeof WorkflowDefinition>
export type WorkflowDefinitionInput = z.input<typeof WorkflowDefinition>

export type CompiledStep = {
  definition: StepDefinition
  /** All steps before this one, in the order of the definition: their outputs are its input. */
  ancestors: readonly string[]
  children: readonly string[]
  when?: CompiledCondition
}

/** A definition made ready for `advanceJob`: who follows whom, and what conditions need to know. */
export type Workflow = {
  /** The newest version of the policy that the definition names, where it names one. */
  policy?: Policy
  /** What verified outcomes say of the definition's targets, where it has some. */
  errorTargets?: ErrorTargets
  key: string
  version: number
  definition: WorkflowDefinition
  steps: ReadonlyMap<string, CompiledStep>
  references: readonly Reference[]
}

/** What a definition may name; where nothing is said, anything. */
export type KnownNames = { stages?: ReadonlySet<string>; policies?: ReadonlySet<string> }

/**
 * Everything that is wrong with a definition that its schema accepts: doubled keys, missing or circular dependencies
 * (named), stages and policies that nobody declared, conditions that do not parse or look at steps that are not before them.
 */
export function checkDefinition(definition: WorkflowDefinition, { stages, policies }: KnownNames = {}): Problem[] {
  const problems: Problem[] = []
  const keys = new Set<string>()
  definition.steps.forEach((step, i) => {
    const at = `/steps/${i}`
    if (keys.has(step.key)) problems.push({ pointer: `${at}/key`, detail: `Step key "${step.key}" is used twice` })
    keys.add(step.key)
    if (stages && !stages.has(step.stage))
      problems.push({ pointer: `${at}/stage`, detail: unknownName('stage', step.stage, stages) })
  })
  definition.steps.forEach((step, i) => {
    step.dependsOn.forEach((parent, j) => {
      if (keys.has(parent)) return
      problems.push({
        pointer: `/steps/${i}/dependsOn/${j}`,
        detail: `Step "${step.key}" depends on "${parent}", which does not exist`,
      })
    })
  })
  const policy = definition.policy?.name
  if (policy !== undefined && policies && !policies.has(policy))
    problems.push({ pointer: '/policy/name', detail: unknownName('policy', policy, policies) })
  problems.push(...checkVerification(definition.policy))
  if (definition.policy?.after !== undefined && definition.policy.fields)
    problems.push({
      pointer: '/policy/fields',
      detail: '"fields" are counted at intake; with "after" the output of that step says how complete it is',
    })
  if (definition.policy?.after && !keys.has(definition.policy.after)) {
    problems.push({
      pointer: '/policy/after',
      detail: `The policy follows "${definition.policy.after}", which does not exist`,
    })
  }
  if (definition.inputSchema) problems.push(...checkInputSchema(definition.inputSchema))
  const cycle = findCycle(definition)
  if (cycle)
    problems.push({ pointer: '/steps', detail: `The steps depend on each other in a circle: ${cycle.join(' → ')}` })
  if (problems.length === 0) problems.push(...checkConditions(definition))
  return problems
}

/** They look at the confidence of an output; at intake there is none. */
function checkVerification(policy: WorkflowDefinition['policy']): Problem[] {
  if (!policy || policy.after !== undefined) return []
  return (['targetErrorRate', 'fieldErrorRate', 'fieldThresholds', 'sampleRate'] as const)
    .filter((name) => policy[name] !== undefined)
    .map((name) => ({
      pointer: `/policy/${name}`,
      detail: `"${name}" needs "after": the step whose output the policy looks at`,
    }))
}

const unknownName = (what: 'stage' | 'policy', name: string, known: ReadonlySet<string>): string =>
  `Unknown ${what} "${name}"; known ${what === 'stage' ? 'stages' : 'policies'}: ${[...known].toSorted().join(', ')}`

function checkConditions(definition: WorkflowDefinition): Problem[] {
  const before = ancestorsOf(definition)
  return definition.steps.flatMap((step, i) => {
    if (!step.when) return []
    const pointer = `/steps/${i}/when`
    try {
      return compileCondition(step.when)
        .references.filter(([root, key]) => root === 'steps' && !before.get(step.key)!.includes(key!))
        .map(([, key]) => ({
          pointer,
          detail: `The condition of "${step.key}" looks at step "${key}", which is not before it`,
        }))
    } catch (error) {
      return [{ pointer, detail: error instanceof Error ? error.message : String(error) }]
    }
  })
}

function findCycle({ steps }: WorkflowDefinition): string[] | undefined {
  const parents = new Map(steps.map((step) => [step.key, step.dependsOn]))
  const done = new Set<string>()
  const visit = (key: string, path: string[]): string[] | undefined => {
    if (path.includes(key)) return [...path.slice(path.indexOf(key)), key]
    if (done.has(key)) return undefined
    for (const parent of parents.get(key) ?? []) {
      const cycle = visit(parent, [...path, key])
      if (cycle) return cycle
    }
    done.add(key)
    return undefined
  }
  for (const { key } of steps) {
    const cycle = visit(key, [])
    if (cycle) return cycle
  }
  return undefined
}

function ancestorsOf({ steps }: WorkflowDefinition): Map<string, string[]> {
  const parents = new Map(steps.map((step) => [step.key, step.dependsOn]))
  const collect = (key: string, into: Set<string>): Set<string> => {
    for (const parent of parents.get(key) ?? []) if (!into.has(parent)) collect(parent, into.add(parent))
    return into
  }
  return new Map(
    steps.map(({ key }) => {
      const all = collect(key, new Set())
      return [key, steps.map((step) => step.key).filter((other) => all.has(other))]
    }),
  )
}

/** Expects a definition that {@link checkDefinition} has passed. */
export function compileWorkflow(definition: WorkflowDefinition, version: number): Workflow {
  const ancestors = ancestorsOf(definition)
  const steps = new Map<string, CompiledStep>(
    definition.steps.map((step) => [
      step.key,
      {
        definition: step,
        ancestors: ancestors.get(step.key)!,
        children: definition.steps.filter((other) => other.dependsOn.includes(step.key)).map((other) => other.key),
        ...(step.when ? { when: compileCondition(step.when) } : {}),
      },
    ]),
  )
  return {
    key: definition.key,
    version,
    definition,
    steps,
    references: [...steps.values()].flatMap((step) => step.when?.references ?? []),
  }
}
