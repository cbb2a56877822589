/**
 * Enrichment: fills gaps in the fields of a document or record from the tenant's reference data and from what else is
 * configured, and says from where. Owns the rule of when a row is the same thing; never overwrites a value, and must not
 * know how the catalogue is stored or searched, or how a service is reached.
 */
import { DocumentKind, Enrichment, Fields } from '@stageline/domain'
import { defineStage } from '@stageline/runtime'
import { z } from 'zod'
import { automate, type Automation } from './automation.ts'
import { catalogAutomation } from './automations-of.ts'
import { catalogFamilies } from './enrich.ts'

const EnrichmentInput = z.object({ kind: DocumentKind, fields: Fields })

export function enrichmentStage(automations: readonly Automation[] = [catalogAutomation]) {
  const families = catalogFamilies()
  const callsOut = automations.some((automation) => automation.callsOut)
  return defineStage({
    name: 'enrichment',
    input: EnrichmentInput,
    output: Enrichment,
    callsOut,
    ...(callsOut ? { bundle: 1 } : {}),
    handle: ({ kind, fields }, context) => automate(kind, fields, { automations, context: { ...context, families } }),
  })
}
