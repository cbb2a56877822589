import { completenessOf, FIELD_LISTS } from '@stageline/domain'
import type { Check, DocumentKind, Fields, Scoring, StructuredPart } from '@stageline/domain'
import type { FirstSeen } from '@stageline/runtime'
import type { CheckRule, Subject } from './checks/check-rule.ts'
import { CHECKS_OF_KIND } from './checks/checks-of-kind.ts'
import { brokenRules } from './checks/en16931-rules.ts'
import { confidenceOf } from './confidence.ts'
import { priorityOf } from './priority.ts'

/** Changes whenever a weight, a check or a formula below does, so that old scores stay explained. */
const FORMULA = 'score-v2'

export type ScoringInput = {
  kind: DocumentKind
  /** How sure the kind is. */
  confidence: number
  fields: Fields
  lineItems: Fields[]
  /** The e-invoice in the document, where there is one. */
  eInvoice?: StructuredPart | undefined
}

/**
 * Runs the checks of the kind and weighs them up:
 *
 * - completeness = filled share of the kind's fields, required ones counting double
 * - confidence = confidence of the kind × product of the confidences of its required fields (`confidence.ts`)
 * - score = (weights of passed checks ÷ weights of passed and failed ones, 1 where none applied) × completeness
 */
export async function score(input: ScoringInput, world: { now: Date; firstSeen: FirstSeen }): Promise<Scoring> {
  const { kind, fields, lineItems, eInvoice } = input
  const subject = { kind, fields, lineItems, eInvoice, ...world }
  const rules = [...CHECKS_OF_KIND[kind], ...brokenRules(eInvoice)]
  const checks = await Promise.all(rules.map((rule) => run(rule, subject)))
  const failures = checks.filter((check) => check.outcome === 'failed')
  const blockingFailures = failures.filter((check) => check.blocking).length
  const completeness = completenessOf(fields, FIELD_LISTS[kind])
  const confidence = confidenceOf({ ...input, checks })
  return {
    kind,
    fields,
    lineItems,
    checks,
    failedChecks: failures.map((check) => check.name),
    blockingFailures,
    completeness: round(completeness),
    confidence: round(confidence),
    priority: round(priorityOf({ fields, confidence, blockingFailures, now: world.now })),
    formula: FORMULA,
    score: round(passedShare(checks) * completeness),
  }
}

async function run(rule: CheckRule, subject: Subject): Promise<Check> {
  const { name, weight, blocking } = rule
  const { detail, ...finding } = await rule.find(subject)
  return { name, ...finding, detail: shortened(detail), weight, blocking }
}

function passedShare(checks: readonly Check[]): number {
  const weightOf = (outcome: Check['outcome']) =>
    checks.filter((check) => check.outcome === outcome).reduce((sum, check) => sum + check.weight, 0)
  const [good, bad] = [weightOf('passed'), weightOf('failed')]
  return good + bad === 0 ? 1 : good / (good + bad)
}

/** A sentence for people, even where a value in it goes on for pages. */
const shortened = (text: string) => (text.length > 400 ? `${text.slice(0, 397)}...` : text)

const round = (share: number) => Math.round(share * 10_000) / 10_000
