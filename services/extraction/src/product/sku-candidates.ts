import type { FieldSource } from '@stageline/domain'
import { isGtin } from './gtin.ts'
import { addressCodes } from './address-codes.ts'
import type { PageView } from './page-view.ts'
import type { ProductCandidate } from './price-candidates.ts'
import { printedCodes } from './printed-codes.ts'
import type { ProductFact } from './product-facts.ts'

type Mention = { value: string; channel: string; traits: string[]; source: FieldSource }

/** Each code that may be the shop's stock number, once, with all that speaks for it. */
export function skuCandidates(view: PageView, facts: readonly ProductFact[], address: string): ProductCandidate[] {
  const mentions = [
    ...facts.flatMap((fact) => stated(fact) ?? []),
    ...printedCodes(view).map(({ value, page, text, traits }): Mention => ({
      value,
      channel: 'text',
      traits: traits.map((trait) => `text:${trait}`),
      source: { method: 'text', page, text: text.slice(0, 500) },
    })),
    ...addressCodes(address).map(({ value, traits }): Mention => ({
      value,
      channel: 'address',
      traits: traits.map((trait) => `address:${trait}`),
      source: { method: 'structured', path: 'address' },
    })),
  ].filter(({ value }) => value.length >= 3 && value.length <= 40)
  const groups = Map.groupBy(mentions, ({ value }) => value)
  const has = (channel: RegExp): boolean => mentions.some(({ traits }) => traits.some((trait) => channel.test(trait)))
  const around = {
    formal: has(/^(?:json-ld|microdata):sku/),
    labelled: has(/^text:label:sku/),
    heading: view.lines[view.heading]?.text ?? '',
    address,
    values: [...groups.keys()],
  }
  return [...groups].map(([value, group]) => candidate(value, group, around))
}

type Around = { formal: boolean; labelled: boolean; heading: string; address: string; values: string[] }

function candidate(value: string, group: Mention[], around: Around): ProductCandidate {
  const traits = new Set(group.flatMap((mention) => mention.traits))
  const channels = new Set(group.map(({ channel }) => channel))
  const isFormal = [...traits].some((trait) => /^(?:json-ld|microdata):sku/.test(trait))
  const isLabelled = traits.has('text:label:sku')
  const names = [
    ...traits,
    `channels:${Math.min(channels.size, 4)}`,
    `form:${formOf(value)}`,
    ...(around.address.includes(value) ? ['in-address'] : []),
    ...(around.heading.includes(value) ? ['in-heading'] : []),
    ...(around.values.some((other) => isVariantOf(value, other)) ? ['variant-of-another'] : []),
    ...(isFormal && around.labelled && !isLabelled ? ['formal-but-another-labelled'] : []),
    ...(isLabelled && around.formal && !isFormal ? ['labelled-but-another-formal'] : []),
    ...(!isFormal && !isLabelled && (around.formal || around.labelled) ? ['neither-though-some'] : []),
    `length:${value.length < 4 ? 3 : value.length < 6 ? 5 : value.length < 14 ? 13 : 20}`,
  ]
  const { source } = group.find((mention) => mention.source.method === 'structured') ?? group[0]!
  return { value, printed: value, source, features: new Map(names.map((name) => [name, 1])) }
}

/** `KT-17-2S` is one size of `KT-17`. */
const isVariantOf = (value: string, base: string): boolean =>
  base.length >= 5 && value.length > base.length && value.startsWith(base) && /^[-_.:]/.test(value.slice(base.length))

function formOf(value: string): string {
  if (isGtin(value)) return 'gtin'
  if (/^\d+$/.test(value)) return 'digits'
  if (
    /^(?:19|20)\d\d[-/.]\d/.test(value) ||
    /^\d+(?:[.,]\d+)?-?(?:cm|mm|m|kg|g|ml|l|w|v|hz|gb|tb|mb|mah|in|inch|x\d+)$/i.test(value)
  )
    return 'measure'
  if (/\s/.test(value)) return 'words'
  return /\d/.test(value) ? 'mixed' : 'letters'
}

const FORMAL =
  /^(?:sku|productid|mpn|gtin\d*|identifier|model|ean|isbn|product:(?:retailer_item_id|sku)|retailer_item_id)$/

function stated(fact: ProductFact): Mention | undefined {
  const { form, property, value, path } = fact
  if (!/^\S(?:.{0,38}\S)?$/.test(value) || !/\d/.test(value)) return undefined
  const source: FieldSource = { method: 'structured', path }
  const isOwn = form === 'script' || form === 'attributes'
  if (!isOwn) {
    if (!FORMAL.test(property)) return undefined
    const name = property.replace(/^gtin\d*$|^ean$|^isbn$/, 'gtin')
    return { value, channel: form, traits: [`${form}:${name}:${Math.min(fact.node, 1)}`], source }
  }
  const kind = kindOf(property)
  if (!kind || /\s/.test(value)) return undefined
  const which =
    form === 'script' ? (fact.isMain ? 'main' : fact.node === 0 ? 'first' : 'other') : Math.min(fact.count ?? 1, 3)
  return { value, channel: form, traits: [`${form}:${kind}:${which}`], source }
}

function kindOf(property: string): string | undefined {
  if (/sku(?!_?is)|asin/.test(property)) return 'sku'
  if (/mpn|part_?number|model/.test(property)) return 'mpn'
  if (/gtin|ean|upc|isbn|barcode/.test(property)) return 'gtin'
  if (
    /(?:product|prod|item|article|artikel|ad|deal|offer|goods?)[-_]?(?:id|no|nr|code|number|num|ref\w*)$|pid$|id_product/.test(
      property,
    )
  )
    return 'product-id'
  return /^(?:id|code|reference|ref)$/.test(property) ? 'id' : undefined
}
