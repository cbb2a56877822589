/**
 * Scoring: named checks of what was read, and from them completeness, confidence, priority and score. Owns the checks
 * and their weights; decides nothing (that is a policy's), and must not know how values were read or filled.
 */
import { DocumentKind, Fields, Scoring } from '@stageline/domain'
import { defineStage } from '@stageline/runtime'
import { z } from 'zod'
import { score } from './score.ts'

const ScoringStageInput = z.object({
  kind: DocumentKind,
  /** How sure the kind is. */
  confidence: z.number().min(0).max(1),
  fields: Fields,
  lineItems: z.array(Fields).default([]),
})

export const scoringStage = () =>
  defineStage({
    name: 'scoring',
    input: ScoringStageInput,
    output: Scoring,
    handle: (input, { now, firstSeen }) => score(input, { now, firstSeen }),
  })
