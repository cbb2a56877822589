/**
 * Enrichment: fills gaps in the fields of a document or record from the tenant's reference data, and says from which
 * row. Owns the rule of when a catalogue row is the same thing; never overwrites a value, and must not know how the
 * catalogue is stored or searched.
 */
import { DocumentKind, Enrichment, Fields } from '@stageline/domain'
import { defineStage } from '@stageline/runtime'
import { z } from 'zod'
import { catalogFamilies, enrich, type CatalogFamilies } from './enrich.ts'

const EnrichmentInput = z.object({ kind: DocumentKind, fields: Fields })

export const enrichmentStage = (families: CatalogFamilies = catalogFamilies()) =>
  defineStage({
    name: 'enrichment',
    input: EnrichmentInput,
    output: Enrichment,
    handle: ({ kind, fields }, { catalog }) => enrich(kind, fields, { catalog, families }),
  })
