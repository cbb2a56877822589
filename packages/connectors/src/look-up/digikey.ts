import { ConfigError, RateLimited, type CatalogItem } from '@stageline/domain'
import { z } from 'zod'
import { expectOk } from '../http/expect-ok.ts'
import type { Answer, Outbound } from '../http/outbound.ts'
import type { CallContext } from '../model/model-provider.ts'
import { createTokenSource } from './digikey-token.ts'
import type { LookUp, LookUpItem } from './look-up.ts'
import type { LookUpSettings } from './look-up-settings.ts'
import { malformed, readJson } from './read-json.ts'

const Named = z.object({ Name: z.string().nullish() }).nullish()
const Product = z.object({
  ManufacturerProductNumber: z.string().min(1).max(200),
  Manufacturer: Named,
  Category: Named,
  Description: z.object({ ProductDescription: z.string().nullish() }).nullish(),
  Parameters: z.array(z.object({ ParameterText: z.string().nullish(), ValueText: z.string().nullish() })).nullish(),
})
type Product = z.infer<typeof Product>

/** Of the answer of KeywordSearch, what is used. */
const Found = z.object({ Products: z.array(Product).nullish(), ExactMatches: z.array(Product).nullish() })

/** Their parameters by our names, the first that has a value. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  package: ['Supplier Device Package', 'Package / Case'],
  value: ['Resistance', 'Capacitance', 'Inductance', 'Frequency'],
  tolerance: ['Tolerance'],
  voltage: ['Voltage - Rated', 'Voltage Rating', 'Voltage - Supply'],
  pins: ['Number of Pins', 'Number of Positions'],
}

const KEYWORDS_AT_MOST = 250
const REST_MS = 60_000

/**
 * DigiKey's Product Information API v4: parts by KeywordSearch, one call each. Undefined where no client is configured.
 *
 * @throws ConfigError where the client has no secret
 */
export function digikeyLookUp(settings: LookUpSettings, outbound: Outbound): LookUp | undefined {
  const { DIGIKEY_CLIENT_ID: id, DIGIKEY_CLIENT_SECRET: secret, DIGIKEY_SITE: site } = settings
  if (!id) return undefined
  if (!secret) throw new ConfigError('DIGIKEY_CLIENT_ID needs DIGIKEY_CLIENT_SECRET as well')
  const url = settings.DIGIKEY_URL.replace(/\/$/, '')
  const tokens = createTokenSource({ url, id, secret }, outbound)
  const quota = createQuota()
  const search = async (keywords: string, { signal, now }: CallContext): Promise<Answer> => {
    quota.check(now)
    const token = await tokens.token(now)
    const answer = await outbound.call(`${url}/products/v4/search/keyword`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'x-digikey-client-id': id,
        'x-digikey-locale-site': site,
        'x-digikey-locale-language': 'en',
        'content-type': 'application/json',
        accept: 'application/json',
      },
      body: JSON.stringify({ Keywords: keywords, Limit: 10, Offset: 0 }),
      signal,
    })
    quota.note(answer, now)
    if (answer.status === 401) tokens.forget(token)
    return answer
  }
  return {
    name: 'digikey',
    kinds: ['part'],
    offers: ['manufacturer', 'description', 'category', ...Object.keys(PARAMETERS)],
    async find({ key }, _subject, context) {
      if (!key || key.length > KEYWORDS_AT_MOST) return []
      const first = await search(key, context)
      // A token may end before its time; a second refusal is one of the client.
      const answer = first.status === 401 ? await search(key, context) : first
      return answer.status === 404 ? [] : readProducts(expectOk(answer, context.now), url)
    },
  }
}

function readProducts(answer: Answer, url: string): LookUpItem[] {
  const parsed = Found.safeParse(readJson(answer))
  if (!parsed.success) throw malformed(answer.url, parsed.error)
  const products = [...(parsed.data.ExactMatches ?? []), ...(parsed.data.Products ?? [])]
  const items = products.map(itemOf)
  const unique = new Map(items.map((item) => [`${item.key}\n${String(item.attributes['manufacturer'])}`, item]))
  return [...unique.values()].map((item) => ({ item, url: `${url}/products/v4/search/keyword` }))
}

function itemOf({
  ManufacturerProductNumber: key,
  Manufacturer,
  Category,
  Description,
  Parameters,
}: Product): CatalogItem {
  const parameter = (names: readonly string[]) =>
    names.map((name) => Parameters?.find(({ ParameterText }) => ParameterText === name)?.ValueText).find(isTold)
  const told = [
    ['manufacturer', Manufacturer?.Name],
    ['description', Description?.ProductDescription],
    ['category', Category?.Name],
    ...Object.entries(PARAMETERS).map(([name, names]) => [name, parameter(names)] as const),
  ] as const
  const attributes = told.flatMap(([name, value]) => (isTold(value) ? [[name, value.trim()] as const] : []))
  return { kind: 'part', key, name: key, attributes: Object.fromEntries(attributes) }
}

/** A dash is how they say that it does not apply. */
const isTold = (value: string | null | undefined): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.trim() !== '-'

/** Their headers tell when the day's calls are used up: then none is wasted on a refusal for a while. */
function createQuota() {
  let restUntil = 0
  return {
    note({ headers }: Answer, now: Date): void {
      if (headers.get('x-ratelimit-remaining')?.trim() === '0') restUntil = now.getTime() + REST_MS
    },
    check(now: Date): void {
      const leftMs = restUntil - now.getTime()
      if (leftMs > 0) {
        throw new RateLimited('outbound.quota_used', "The day's calls to DigiKey are used up", { retryAfterMs: leftMs })
      }
    },
  }
}
