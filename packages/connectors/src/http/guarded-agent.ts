import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector, fetch } from 'undici'
import { addressRefused } from './address-refused.ts'
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

/** The client that dials by such an agent: of one library with it. */
export const dial = fetch

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
    if (isIP(host) !== 0 && !mayDial(host)) return done(addressRefused(host, [host]), null)
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
      if (!first) return done(addressRefused(name, addresses.map(addressOf)), [])
      return options.all ? done(null, [first, ...others]) : done(null, first.address, first.family)
    })

const addressOf = ({ address }: LookupAddress): string => address
