/**
 * Enrichment: fills gaps in the fields of a document or record from the tenant's reference data and from what else is
 * configured, and says from where; where nobody names the maker of a part, from a trained model of part numbers. Owns the rule of when a row is the same thing; never overwrites a value, and must not
 * know how the catalogue is stored or searched, or how a service is reached.
 */
import { DocumentKind, Enrichment, Fields } from '@stageline/domain'
import { defineStage } from '@stageline/runtime'
import { z } from 'zod'
import { automate, type Automation } from './automation.ts'
import { catalogAutomation } from './automations-of.ts'
import { catalogFamilies } from './enrich.ts'
import { guessMaker, type Makers } from './guess-maker.ts'

const EnrichmentInput = z.object({ kind: DocumentKind, fields: Fields })

type Tools = { makers: Makers; automations?: readonly Automation[] }

export function enrichmentStage({ makers, automations = [catalogAutomation] }: Tools) {
  const families = catalogFamilies()
  const callsOut = automations.some((automation) => automation.callsOut)
  return defineStage({
    name: 'enrichment',
    input: EnrichmentInput,
    output: Enrichment,
    callsOut,
    ...(callsOut ? { bundle: 1 } : {}),
    handle: async ({ kind, fields }, context) => {
      const enriched = await automate(kind, fields, { automations, context: { ...context, families } })
      return withMaker(kind, enriched, makers)
    },
  })
}

/** After all that knows the part itself. */
function withMaker(kind: DocumentKind, enrichment: Enrichment, makers: Makers): Enrichment {
  if (kind !== 'part_record' && kind !== 'datasheet') return enrichment
  const guessed = guessMaker(enrichment.fields, makers)
  return {
    ...enrichment,
    fields: { ...enrichment.fields, ...guessed },
    filled: [...enrichment.filled, ...Object.keys(guessed)],
  }
}
