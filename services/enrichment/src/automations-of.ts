import {
  createModelProvider,
  createOutbound,
  digikeyLookUp,
  httpLookUp,
  type LookUp,
  type LookUpSettings,
  type ModelSettings,
  type OutboundSettings,
} from '@stageline/connectors'
import type { Automation } from './automation.ts'
import { enrich } from './enrich.ts'
import { lookUpAutomation } from './look-up-automation.ts'
import { modelAutomation } from './model-automation.ts'

/** The tenant's own catalogue. It is asked also where nothing is missing, since it makes values surer. */
export const catalogAutomation: Automation = {
  name: 'catalog',
  callsOut: false,
  enrich: (kind, fields, { catalog, families }) => enrich(kind, fields, { catalog, families }),
}

/**
 * What the settings name, in their order, as far as it is configured.
 * @throws ConfigError where settings are missing
 */
export function automationsOf(settings: LookUpSettings & ModelSettings & OutboundSettings): Automation[] {
  const outbound = createOutbound({ allow: settings.STAGELINE_OUTBOUND_ALLOW })
  const provider = createModelProvider(settings, outbound)
  const wrap = (lookUp: LookUp | undefined) => lookUp && lookUpAutomation(lookUp)
  const configured = {
    catalog: catalogAutomation,
    digikey: wrap(digikeyLookUp(settings, outbound)),
    http: wrap(httpLookUp(settings, outbound)),
    model: provider && modelAutomation(provider),
  }
  return settings.ENRICHMENT_SOURCES.flatMap((name) => configured[name] ?? [])
}
