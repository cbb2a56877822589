import { DataError } from '@stageline/domain'

/** What is said of an address that nobody here may call. */
export function addressRefused(host: string, addresses: readonly string[]): DataError {
  const where = addresses[0] === undefined || addresses[0] === host ? '' : ` (${addresses.join(', ')})`
  const remedy = 'what you run yourself can be let through by STAGELINE_OUTBOUND_ALLOW'
  return new DataError('outbound.address_refused', `${host}${where} is not a public address; ${remedy}`)
}
