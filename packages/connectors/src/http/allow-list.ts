import { isIP } from 'node:net'
import { blocks } from './public-address.ts'

/** What an installation runs itself and lets be called, though its address is not public. */
export type AllowList = {
  /** @param host a name or an address as it stands in the URL, without brackets */
  allows(host: string, port: number, address: string): boolean
}

/**
 * Reads `model.internal:8080, 10.1.0.0/16, localhost`: names and addresses, with the port or for all ports, and ranges
 * of addresses.
 *
 * @throws TypeError naming the first entry that is none of these
 */
export function parseAllowList(text: string): AllowList {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  const ranges = blocks(entries.filter((entry) => entry.includes('/')))
  const hosts = new Set(entries.filter((entry) => !entry.includes('/')).map(parseHost))
  const isNamed = (host: string, port: number) => hosts.has(plain(host)) || hosts.has(`${plain(host)} ${port}`)
  return {
    allows: (host, port, address) =>
      isNamed(host, port) || isNamed(address, port) || ranges.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6'),
  }
}

function parseHost(entry: string): string {
  const [, bracketed, name, port] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(entry) ?? []
  const host = bracketed ?? name
  if (host === undefined) {
    throw new TypeError(`"${entry}" is no host, host:port or range of addresses; put IPv6 addresses in brackets`)
  }
  return port === undefined ? plain(host) : `${plain(host)} ${Number(port)}`
}

/** One spelling of a host: a name may end with the dot of the root. */
const plain = (host: string): string => host.toLowerCase().replace(/\.$/, '')
