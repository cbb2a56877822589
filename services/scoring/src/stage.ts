/**
 * Scoring: named checks of what was read, and from them completeness, confidence, priority and score. Owns the checks
 * and their weights, and the business rules of e-invoices; decides nothing (that is a policy's), and must not know how values were read or filled.
 */
import { BlobRef, DocumentKind, Fields, Scoring } from '@stageline/domain'
import { defineStage } from '@stageline/runtime'
import { z } from 'zod'
import { loadEInvoice } from './load-e-invoice.ts'
import { score } from './score.ts'

const ScoringStageInput = z.object({
  kind: DocumentKind,
  /** How sure the kind is. */
  confidence: z.number().min(0).max(1),
  fields: Fields,
  lineItems: z.array(Fields).default([]),
  document: BlobRef.optional(),
  /** The stored model of the document. */
  model: BlobRef.optional(),
})

export const scoringStage = () =>
  defineStage({
    name: 'scoring',
    input: ScoringStageInput,
    output: Scoring,
    handle: async (input, context) => {
      const { now, firstSeen } = context
      return score({ ...input, eInvoice: await loadEInvoice(input, context) }, { now, firstSeen })
    },
  })
