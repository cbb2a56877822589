import { z } from 'zod'
import { receiptOf } from './decision-receipt.ts'
import { DoubtfulField, doubtfulFields, FieldLimits, reasonOf } from './doubtful-fields.ts'
import { ErrorTarget } from './error-target.ts'
import { FieldFactors } from './field-factors.ts'
import { SourceOutcomes } from './source-reliability.ts'

/**
 * Decision policies: automation or a person. A policy is versioned data, evaluating it is pure, and the decision names
 * the policy, its version, every factor that it was given and the rule that fired.
 */

const Share = z.number().min(0).max(1)

const CompletenessThresholds = z
  .strictObject({
    /** From here on a record is complete: what is left needs judgement. */
    highCompleteness: Share,
    /** Below this, automation is better at filling gaps than people are. */
    mediumCompleteness: Share,
    /** Medium completeness: a source less reliable than this goes to a person. */
    minReliability: Share,
    /** Medium completeness: below this priority automation is not worth its cost. */
    minPriority: Share,
    /** Low completeness: below this priority it goes to a person. */
    minPriorityOfIncomplete: Share,
    /** So many recent failures of automation with the same business key send it to a person. */
    maxRecentFailures: z.number().int().positive(),
  })
  .refine(({ mediumCompleteness, highCompleteness }) => mediumCompleteness <= highCompleteness, {
    path: ['mediumCompleteness'],
    error: 'Medium completeness begins at or below high completeness',
  })
const PriorityThresholds = z.strictObject({ minPriority: Share })
const ConfidenceThresholds = z.strictObject({ minCompleteness: Share, minConfidence: Share })

const PolicyIdentity = {
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  version: z.number().int().positive(),
  /** So many jobs a workflow with this policy takes in on one day of its tenant. Absent: any number. */
  maxDailyTasks: z.number().int().positive().max(1_000_000_000).optional(),
}

export const Policy = z.discriminatedUnion('rule', [
  z.strictObject({ ...PolicyIdentity, rule: z.literal('completeness'), thresholds: CompletenessThresholds }),
  z.strictObject({ ...PolicyIdentity, rule: z.literal('priority'), thresholds: PriorityThresholds }),
  z.strictObject({ ...PolicyIdentity, rule: z.literal('confidence'), thresholds: ConfidenceThresholds }),
])
export type Policy = z.infer<typeof Policy>

/**
 * What a stage tells a decision. Its output parses as it stands (other keys are dropped), so a `Scoring` can be
 * handed in. What is not known stays absent, and counts as the worst, except recent failures: none are known of.
 */
export const StageFactors = z.object({
  /** Filled share of the wanted fields, required ones counting double. */
  completeness: Share.optional(),
  /** Rolling success rate of the source, for parts of the manufacturer. */
  reliability: Share.optional(),
  /** 0 can wait, 1 look first. */
  priority: Share.optional(),
  /** Failures of automation with the same business key, in the window that the caller counts. */
  recentFailures: z.number().int().nonnegative().optional(),
  /** Chance that every required field is right. */
  confidence: Share.optional(),
  blockingFailures: z.number().int().nonnegative().optional(),
  failedChecks: z.array(z.string()).optional(),
})

/** What a decision may look at: what the stage told, and what the workflow knows of the policy's record so far. */
export const DecisionFactors = StageFactors.extend({
  /** Who the item comes from, and what its reliability was made of. */
  source: z.string().optional(),
  sourceOutcomes: SourceOutcomes.optional(),
  /** What verified outcomes show, where the workflow has a target. Its confidence takes the place of the policy's. */
  errorTarget: ErrorTarget.optional(),
  /** The fields of the output, and from which confidence on each of them is good enough. */
  fields: FieldFactors.optional(),
  fieldLimits: FieldLimits.optional(),
  /** Drawn to be verified by a person, whatever its confidence. */
  isSample: z.boolean().optional(),
})
export type DecisionFactors = z.infer<typeof DecisionFactors>

export const Route = z.enum(['automation', 'person'])
export type Route = z.infer<typeof Route>

export const Decision = z.object({
  route: Route,
  /** Name and version of the policy that decided. */
  policy: z.string(),
  version: z.number().int().positive(),
  factors: DecisionFactors,
  /** Name of the rule that fired. */
  rule: z.string(),
  /** Why, in a sentence for people, with the numbers. */
  reason: z.string(),
  /** The fields that kept it from completing, the least sure first. */
  doubtfulFields: z.array(DoubtfulField).optional(),
  /** Who chose the route, where somebody did. The policy's own answer then stands in `reason`. */
  forcedBy: z.string().optional(),
  /** A short name for what was decided from what; `POST /v1/decisions:check` makes it again. */
  receipt: z.string().optional(),
})
export type Decision = z.infer<typeof Decision>

/** What every installation has from the first start. Changed thresholds make a new version; old ones stay readable. */
export const BUILT_IN_POLICIES: readonly Policy[] = [
  {
    name: 'completeness-v2',
    version: 1,
    rule: 'completeness',
    thresholds: {
      highCompleteness: 0.8,
      mediumCompleteness: 0.5,
      minReliability: 0.5,
      minPriority: 0.5,
      minPriorityOfIncomplete: 0.2,
      maxRecentFailures: 3,
    },
  },
  { name: 'priority-threshold-v1', version: 1, rule: 'priority', thresholds: { minPriority: 0.8 } },
  // 0.4: with its required fields filled no kind is less complete. 0.6: about 0.92 for each of the six readings of an
  // invoice (its kind and five required fields).
  { name: 'confidence-v1', version: 1, rule: 'confidence', thresholds: { minCompleteness: 0.4, minConfidence: 0.6 } },
]

/** The rule that sends a confident item to a person, so that confidence itself is verified. */
export const QUALITY_SAMPLE = 'quality_sample'

/** The rule that sends an item to a person because single fields of it are not sure enough. */
const DOUBTFUL_FIELD = 'doubtful_field'

type Verdict = Pick<Decision, 'route' | 'rule' | 'reason' | 'doubtfulFields'>

/**
 * Decides between automation and a person. Deterministic: equal policies and factors give equal decisions.
 *
 * @param forced a route that somebody chose; it wins, and the decision says who and what the policy would have done.
 *
 * @example
 * evaluatePolicy(policy, { completeness: 0.9, reliability: 0.8, priority: 0.5, recentFailures: 0 })
 * // { route: 'person', rule: 'completeness_high', reason: 'Completeness 0.9 is at least 0.8: …', … }
 */
export function evaluatePolicy(policy: Policy, factors: DecisionFactors, forced?: Forced): Decision {
  const decision = decide(policy, factors, forced)
  return { ...decision, receipt: receiptOf(decision) }
}

type Forced = { route: Route; by: string }

/** The same without a receipt, for those who make very many. */
export function decide(policy: Policy, factors: DecisionFactors, forced?: Forced): Decision {
  const own = verdictOf(policy, factors)
  const about = { policy: policy.name, version: policy.version, factors }
  if (!forced) return { ...own, ...about }
  const reason = `${forced.by} chose ${forced.route}. The policy alone: ${own.route}, because ${own.reason}`
  return { ...own, route: forced.route, rule: 'forced', reason, ...about, forcedBy: forced.by }
}

function verdictOf(policy: Policy, factors: DecisionFactors): Verdict {
  switch (policy.rule) {
    case 'completeness':
      return byCompleteness(policy.thresholds, factors)
    case 'priority':
      return byPriority(policy.thresholds, factors)
    case 'confidence':
      return byConfidence(policy.thresholds, factors)
    default:
      return policy satisfies never
  }
}

function byCompleteness(limits: z.infer<typeof CompletenessThresholds>, factors: DecisionFactors): Verdict {
  const { completeness = 0, recentFailures = 0 } = factors
  if (completeness >= limits.highCompleteness) {
    return toPerson(
      'completeness_high',
      `${atLeast('Completeness', factors.completeness, limits.highCompleteness)}: what is left needs a person's judgement.`,
    )
  }
  if (recentFailures >= limits.maxRecentFailures) {
    return toPerson(
      'recent_failures',
      `${atLeast('The number of recent failures,', recentFailures, limits.maxRecentFailures)}: automation is not tried again.`,
    )
  }
  return completeness >= limits.mediumCompleteness
    ? byMediumCompleteness(limits, factors)
    : byLowCompleteness(limits, factors)
}

function byMediumCompleteness(limits: z.infer<typeof CompletenessThresholds>, factors: DecisionFactors): Verdict {
  const between = `Completeness ${factors.completeness} lies between ${limits.mediumCompleteness} and ${limits.highCompleteness}`
  if ((factors.reliability ?? 0) < limits.minReliability) {
    return toPerson(
      'completeness_medium_source_unreliable',
      `${between}, and ${below('the reliability of the source', factors.reliability, limits.minReliability)}.`,
    )
  }
  if ((factors.priority ?? 0) < limits.minPriority) {
    return toPerson(
      'completeness_medium_priority_low',
      `${between}, and ${below('the priority', factors.priority, limits.minPriority)}.`,
    )
  }
  return toAutomation('completeness_medium', `${between}; the source is reliable and the priority sufficient.`)
}

function byLowCompleteness(limits: z.infer<typeof CompletenessThresholds>, factors: DecisionFactors): Verdict {
  const low = below('Completeness', factors.completeness, limits.mediumCompleteness)
  if ((factors.priority ?? 0) < limits.minPriorityOfIncomplete) {
    return toPerson(
      'completeness_low_priority_very_low',
      `${low}, but ${below('the priority', factors.priority, limits.minPriorityOfIncomplete)}.`,
    )
  }
  return toAutomation('completeness_low', `${low}: automation is good at filling gaps.`)
}

function byPriority({ minPriority }: z.infer<typeof PriorityThresholds>, { priority }: DecisionFactors): Verdict {
  return (priority ?? 0) >= minPriority
    ? toAutomation('priority_high', `${atLeast('Priority', priority, minPriority)}.`)
    : toPerson('priority_low', `${below('Priority', priority, minPriority)}.`)
}

function byConfidence(limits: z.infer<typeof ConfidenceThresholds>, factors: DecisionFactors): Verdict {
  const { completeness = 0, blockingFailures = 0, failedChecks = [] } = factors
  if (blockingFailures > 0) {
    const names = failedChecks.length > 0 ? ` (failed checks: ${failedChecks.join(', ')})` : ''
    return toPerson(
      'blocking_check_failed',
      `${blockingFailures} blocking ${blockingFailures === 1 ? 'check' : 'checks'} failed${names}.`,
    )
  }
  if (completeness < limits.minCompleteness) {
    return toPerson('incomplete', `${below('Completeness', factors.completeness, limits.minCompleteness)}.`)
  }
  const doubtful = doubtfulFields(factors.fields, factors.fieldLimits)
  const verdict = byWholeConfidence(limits.minConfidence, factors) ?? byFields(doubtful, factors) ?? bySample(factors)
  if (!verdict) {
    return toAutomation(
      'complete_and_confident',
      `Completeness ${completeness} and confidence ${factors.confidence ?? 0} suffice, and no blocking check failed.`,
    )
  }
  return doubtful.length > 0 ? { ...verdict, doubtfulFields: doubtful } : verdict
}

function byWholeConfidence(own: number, { confidence, errorTarget }: DecisionFactors): Verdict | undefined {
  const { minConfidence, why } = confidenceWanted(own, errorTarget)
  if (minConfidence === null) return toPerson('doubtful', `No confidence suffices${why}.`)
  if ((confidence ?? 0) >= minConfidence) return undefined
  return toPerson('doubtful', `${below('Confidence', confidence, minConfidence)}${why}.`)
}

const byFields = (doubtful: readonly DoubtfulField[], { fieldLimits }: DecisionFactors): Verdict | undefined =>
  doubtful.length > 0 ? toPerson(DOUBTFUL_FIELD, reasonOf(doubtful, fieldLimits)) : undefined

const bySample = ({ isSample, confidence }: DecisionFactors): Verdict | undefined =>
  isSample
    ? toPerson(QUALITY_SAMPLE, `Confidence ${confidence} suffices; drawn to be verified all the same.`)
    : undefined

/** The policy's own limit, or what verified outcomes allow, with the numbers behind it. */
function confidenceWanted(own: number, target?: ErrorTarget): { minConfidence: number | null; why: string } {
  if (target?.minConfidence === undefined) return { minConfidence: own, why: '' }
  const { minConfidence, targetErrorRate, verified, above } = target
  const seen = above
    ? `${above.wrong} wrong of ${above.verified} verified from ${minConfidence} on`
    : `${verified} verified outcomes show no such limit`
  return { minConfidence, why: ` to keep at most ${targetErrorRate * 100} % wrong: ${seen}` }
}

const toPerson = (rule: string, reason: string): Verdict => ({ route: 'person', rule, reason })
const toAutomation = (rule: string, reason: string): Verdict => ({ route: 'automation', rule, reason })
const atLeast = (what: string, value: number | undefined, limit: number) => `${what} ${value} is at least ${limit}`
const below = (what: string, value: number | undefined, limit: number) =>
  value === undefined ? `${what} is not known` : `${what} ${value} is below ${limit}`
