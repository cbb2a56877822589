import { BlockList, isIP } from 'node:net'

/**
 * Whether an address belongs to the public Internet: false for everything that the IANA registries of special-purpose
 * addresses (RFC 6890 and later) name otherwise. Of IPv6 only global unicast (2000::/3) counts, so that IPv4 in another
 * dress (mapped, NAT64), link-local, unique local and multicast addresses are out, whatever they lead to.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !SPECIAL.check(address, 'ipv4')
  return family === 6 && !address.includes('%') && GLOBAL.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6')
}

const SPECIAL = blocks([
  '0.0.0.0/8', // this network
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local, with the metadata services of clouds
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16',
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
  '2001::/23', // IETF protocols, Teredo
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4
  '3fff::/20',
])

const GLOBAL = blocks(['2000::/3'])

/** @throws TypeError for what is not `address/bits` */
export function blocks(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits = ''] = range.split('/')
    const family = isIP(address)
    const isWhole = /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
    if (family === 0 || !isWhole) throw new TypeError(`"${range}" is no range of addresses such as 10.1.0.0/16`)
    list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}
