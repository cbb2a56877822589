import type { CallContext } from '@stageline/connectors'
import { FIELD_LISTS, type DocumentKind, type Enrichment, type Fields } from '@stageline/domain'
import type { Catalog, StageContext } from '@stageline/runtime'
import { hasValue, type CatalogFamilies } from './enrich.ts'

export type AutomationContext = CallContext &
  Pick<StageContext, 'modelTrust'> & { catalog: Catalog; families: CatalogFamilies }

/** One way to fill gaps: the catalogue, an outside service, a model. */
export type Automation = {
  name: string
  /** Asks another machine: its steps are claimed, and it is asked only while something is missing that it may know. */
  callsOut: boolean
  enrich(kind: DocumentKind, fields: Fields, context: AutomationContext): Promise<Enrichment>
}

/** Asks one after the other; each sees what those before it have filled. */
export async function automate(
  kind: DocumentKind,
  fields: Fields,
  { automations, context }: { automations: readonly Automation[]; context: AutomationContext },
): Promise<Enrichment> {
  let done = unchanged(fields)
  for (const automation of automations) done = join(done, await automation.enrich(kind, done.fields, context))
  return done
}

export const unchanged = (fields: Fields): Enrichment => ({ fields, filled: [], matches: [] })

/** The fields that a document of the kind should have and this one has not. */
export function missingFields(kind: DocumentKind, fields: Fields): string[] {
  const { required, optional } = FIELD_LISTS[kind]
  return [...required, ...optional].filter((name) => !hasValue(fields[name]))
}

function join(before: Enrichment, after: Enrichment): Enrichment {
  const modelCalls = [...(before.modelCalls ?? []), ...(after.modelCalls ?? [])]
  return {
    fields: after.fields,
    filled: [...before.filled, ...after.filled],
    matches: [...before.matches, ...after.matches],
    ...(modelCalls.length > 0 ? { modelCalls } : {}),
  }
}
