import { DataError } from '@stageline/domain'
import { lookup as dnsLookup } from 'node:dns'
import { isIP } from 'node:net'
import { promisify } from 'node:util'
import { addressRefused } from './address-refused.ts'
import { parseAllowList } from './allow-list.ts'
import type { Lookup } from './guarded-agent.ts'
import { checkUrl } from './outbound-error.ts'
import { isPublicAddress } from './public-address.ts'

/**
 * Whether an address may be called, to be asked when somebody saves it: so that a fault shows at once. Whoever calls it
 * later is checked again, on the address that is dialled.
 *
 * @throws DataError `outbound.url_refused`, `outbound.address_refused`
 */
export function createTargetCheck({ allow = '', lookup = dnsLookup }: { allow?: string; lookup?: Lookup } = {}) {
  const list = parseAllowList(allow)
  const resolve = promisify(lookup)
  return async (address: string): Promise<void> => {
    const url = checkUrl(new URL(address))
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
    const found = isIP(host) === 0 ? await addressesOf(host, resolve) : [host]
    const isOurs = (one: string) => list.allows(host, port, one)
    if (found.some(isOurs)) return
    if (!found.some(isPublicAddress)) throw addressRefused(host, found)
    if (url.protocol !== 'https:') throw new DataError('outbound.url_refused', 'The URL is not called: it is not https')
  }
}

type Resolve = (name: string, options: { all: true }) => Promise<{ address: string }[]>

async function addressesOf(host: string, resolve: Resolve): Promise<string[]> {
  try {
    return (await resolve(host, { all: true })).map(({ address }) => address)
  } catch (cause) {
    throw new DataError('outbound.address_refused', `${host} is not known to the name service`, { cause })
  }
}
