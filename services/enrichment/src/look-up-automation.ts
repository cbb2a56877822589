import type { LookUp } from '@stageline/connectors'
import type { Fields } from '@stageline/domain'
import type { CatalogQuery } from '@stageline/runtime'
import { missingFields, unchanged, type Automation, type AutomationContext } from './automation.ts'
import { enrich, type Hit, type Reference } from './enrich.ts'
import { textOf } from './text-of.ts'

/** An outside service, asked like the catalogue: what it gives must be recognised in the same way. */
export const lookUpAutomation = (lookUp: LookUp): Automation => ({
  name: lookUp.name,
  callsOut: true,
  enrich: async (kind, fields, context) => {
    const mayHelp = missingFields(kind, fields).some((name) => lookUp.offers.includes(name))
    const { families } = context
    return mayHelp
      ? enrich(kind, fields, { catalog: referenceOf(lookUp, fields, context), families })
      : unchanged(fields)
  },
})

function referenceOf(lookUp: LookUp, fields: Fields, context: AutomationContext): Reference {
  const subject = Object.fromEntries(Object.keys(fields).flatMap((name) => pairOf(fields, name)))
  return {
    async find(query) {
      if (!lookUp.kinds.includes(query.kind)) return []
      const found = await lookUp.find(query, subject, context)
      const at = context.now.toISOString()
      return found.map(({ item, url }) => hitOf(item, query, { source: lookUp.name, url, at }))
    },
  }
}

function pairOf(fields: Fields, name: string): [string, string][] {
  const text = textOf(fields, name)
  return text === undefined ? [] : [[name, text]]
}

function hitOf(item: Hit['item'], { key }: CatalogQuery, from: NonNullable<Hit['from']>): Hit {
  const isExact = key !== undefined && plain(key) === plain(item.key)
  const found = isExact ? { method: 'exact' as const, similarity: 1 } : { method: 'prefix' as const, similarity: 0.5 }
  return { kind: item.kind, key: item.key, name: item.name, ...found, item, from }
}

const plain = (key: string) => key.replaceAll(/\s/g, '').toUpperCase()
