import { DataError } from '@stageline/domain'
import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import type { AllowList } from './allow-list.ts'
import { isPublicAddress } from './public-address.ts'

/** Resolves a name to all its addresses, as `dns.lookup` does with `all`. */
export type Lookup = (
  name: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

export type GuardOptions = {
  allow: AllowList
  connectTimeoutMs: number
  lookup?: Lookup | undefined
}

/**
 * Connections to public addresses and allowed ones only. What is checked is the address that is dialled: a name is
 * resolved once, in the connection itself, so that it cannot mean another address after the check (DNS rebinding).
 */
export function createGuardedAgent({ allow, connectTimeoutMs, lookup = dnsLookup }: GuardOptions): Agent {
  const connect: buildConnector.connector = (options, done) => {
    const host = options.hostname.replace(/^\[|\]$/g, '')
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80)
    const mayDial = (address: string) => isPublicAddress(address) || allow.allows(host, port, address)
    // A literal address is never looked up, so it is checked here.
    if (isIP(host) !== 0 && !mayDial(host)) return done(refusal(host, [host]), null)
    const dial = buildConnector({ allowH2: false, timeout: connectTimeoutMs, lookup: guard(lookup, mayDial) })
    return dial(options, done)
  }
  return new Agent({ connect })
}

/** Leaves those addresses of a name that may be dialled. */
const guard =
  (lookup: Lookup, mayDial: (address: string) => boolean): LookupFunction =>
  (name, options, done) =>
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, [])
      const [first, ...others] = addresses.filter(({ address }) => mayDial(address))
      if (!first) return done(refusal(name, addresses.map(addressOf)), [])
      return options.all ? done(null, [first, ...others]) : done(null, first.address, first.family)
    })

const addressOf = ({ address }: LookupAddress): string => address

export function refusal(host: string, addresses: readonly string[]): DataError {
  const where = addresses[0] === undefined || addresses[0] === host ? '' : ` (${addresses.join(', ')})`
  const remedy = 'what you run yourself can be let through by STAGELINE_OUTBOUND_ALLOW'
  return new DataError('outbound.address_refused', `${host}${where} is not a public address; ${remedy}`)
}
